/** A decoded photo: upright, 8-bit RGB. */
export type Photo = {
  readonly widthPx: number;
  readonly heightPx: number;
  /** [heightPx, widthPx, 3], values 0 to 255. */
  readonly pixels: Uint8Array;
};

/** Red, green, blue. */
export const CHANNELS = 3;
