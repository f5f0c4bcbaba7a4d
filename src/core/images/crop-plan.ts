/** One crop to make of a photo. */
export type CropCut = {
  /** Width and height of the crop. */
  readonly sizePx: number;
  /** Where its pixels come from. */
  readonly geometry: CropGeometry;
};

/** A crop and the PNG that it becomes. */
export type CropPlan = CropCut & {
  /** Absolute path, `.png` included. */
  readonly output: string;
};

export type CropGeometry =
  | {
      readonly kind: 'region';
      /**
       * Left, top, right, bottom edges in pixels of the photo (0 is the left edge of the first pixel); what lies beyond the
       * photo is black. Stretched to the square, as Pillow's `crop().resize(BILINEAR)` does where the edges are whole numbers.
       */
      readonly box: readonly [number, number, number, number];
      readonly outside: 'black';
    }
  | {
      readonly kind: 'similarity';
      /**
       * a, b, tx, ty: the crop's point (x, y) shows the photo's point (a x - b y + tx, b x + a y + ty); the centre of the
       * first pixel is (0.5, 0.5) in both. What lies beyond the photo is black.
       */
      readonly matrix: readonly [number, number, number, number];
    };
