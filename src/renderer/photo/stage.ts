import type { Point, Size } from './zoom.ts';

/** A picture that a stage shows. */
export type StagePicture = {
  /** Names what is shown: with another key the view is fitted again. */
  readonly key: string;
  /** In pixels of the photo, whose frame overlays use; null until it is known, when the picture's own counts. */
  readonly size: Size | null;
  /** For screen readers. */
  readonly label: string;
  /** Where a picture of at most so many pixels is; null when there is none to ask for. */
  addressOf(sizePx: 1600 | 4096): string | null;
};

/** What is on the screen: it changes when the next picture is decoded, so that nothing flashes. */
export type Shown<Picture> = {
  readonly picture: Picture;
  readonly image: HTMLImageElement;
  readonly address: string;
  readonly size: Size;
};

/** What overlays are told. */
export type StageView<Picture> = {
  readonly picture: Picture;
  readonly size: Size;
  /** CSS px for each pixel of the photo. */
  readonly scale: number;
};

/** What takes the pointer from the moment it is pressed until it is let go; points are in pixels of the photo. */
export type StageGesture = {
  move(at: Point, event: PointerEvent): void;
  end(at: Point, event: PointerEvent): void;
  cancel(): void;
};
