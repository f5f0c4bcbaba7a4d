/** The P-net sees cells of 12 x 12 pixels, 2 pixels apart (Zhang et al. 2016, table 1). */
export const CELL_SIZE_PX = 12;
export const CELL_STRIDE_PX = 2;

export type Level = { readonly scale: number; readonly widthPx: number; readonly heightPx: number };

/**
 * Sizes to which a photo is reduced so that faces of `minFaceSizePx` and larger fill a cell at one of them, largest first;
 * none for a photo smaller than the smallest face (detect_face.py, first lines of detect_face).
 */
export const pyramidLevels = (
  widthPx: number,
  heightPx: number,
  { minFaceSizePx, scaleFactor }: { readonly minFaceSizePx: number; readonly scaleFactor: number },
): Level[] => {
  const first = CELL_SIZE_PX / minFaceSizePx;
  const levels: Level[] = [];
  let shorterPx = Math.min(widthPx, heightPx) * first;
  while (shorterPx >= CELL_SIZE_PX) {
    const scale = first * scaleFactor ** levels.length;
    levels.push({ scale, widthPx: Math.ceil(widthPx * scale), heightPx: Math.ceil(heightPx * scale) });
    shorterPx *= scaleFactor;
  }
  return levels;
};

/** How many P-net cells lie along a level of this size: two 3 px convolutions after a rounded-up halving of `size - 2`. */
export const cellsAlong = (sizePx: number): number => Math.max(0, Math.ceil((sizePx - 2) / 2) - 4);
