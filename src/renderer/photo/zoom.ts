export type Size = { readonly width: number; readonly height: number };
export type Point = { readonly x: number; readonly y: number };
/** Where a photo lies in its view: the corner of the picture and CSS px for each pixel of the photo. */
export type Placement = Point & { readonly scale: number };

/** Air between a fitted photo and its view. */
const MARGIN_PX = 16;
const MOST_SCALE = 16;
/** A photo can be made this much smaller than fitted. */
const LEAST_OF_FIT = 1;

/** The scale at which the whole photo is in view; small photos are enlarged at most `mostScale` times. */
export const fitScale = (photo: Size, view: Size, mostScale = 4): number =>
  Math.max(
    0.001,
    Math.min(
      (view.width - 2 * MARGIN_PX) / photo.width,
      (view.height - 2 * MARGIN_PX) / photo.height,
      mostScale,
    ),
  );

/** Keeps a photo in its view: centred where it is smaller, without a rim where it is larger. */
export const keepInView = (placement: Placement, photo: Size, view: Size): Placement => {
  const along = (position: number, length: number, room: number): number =>
    length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, position));
  const { scale } = placement;
  return {
    scale,
    x: along(placement.x, photo.width * scale, view.width),
    y: along(placement.y, photo.height * scale, view.height),
  };
};

/** The whole photo in the middle of its view. */
export const fit = (photo: Size, view: Size): Placement =>
  keepInView({ x: 0, y: 0, scale: fitScale(photo, view) }, photo, view);

/** Zooms to `scale` so that the point of the photo below `at` (px of the view) stays below it, as far as the view allows. */
export const zoomTo = (
  placement: Placement,
  scale: number,
  at: Point,
  photo: Size,
  view: Size,
): Placement => {
  const least = Math.min(1, fitScale(photo, view)) * LEAST_OF_FIT;
  const next = Math.min(Math.max(scale, least), Math.max(MOST_SCALE, fitScale(photo, view)));
  const factor = next / placement.scale;
  const moved = {
    scale: next,
    x: at.x - (at.x - placement.x) * factor,
    y: at.y - (at.y - placement.y) * factor,
  };
  return keepInView(moved, photo, view);
};

/** The factor of one turn of the wheel; trackpads give small turns, mice large ones. */
export const wheelFactor = (deltaY: number): number => Math.exp(-Math.max(-120, Math.min(120, deltaY)) / 300);

/** True when the photo is larger than fitted: a picture of 1,600 px no longer suffices. */
export const needsFullSize = (placement: Placement, photo: Size, pixelRatio: number): boolean =>
  Math.max(photo.width, photo.height) * placement.scale * pixelRatio > 1600;
