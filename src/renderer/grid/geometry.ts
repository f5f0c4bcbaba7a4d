/** Between tiles, and around the grid (UI.md). */
export const GAP_PX = 2;
/**
 * The tallest element that is laid out. Chromium clamps at 33.5 million px, and above 2^24 px a scroll position, a
 * 32-bit float, no longer tells every pixel apart. A taller grid is scrolled in proportion.
 */
export const TALLEST_PX = 2 ** 24 - 4096;

export type Geometry = {
  readonly count: number;
  readonly columns: number;
  readonly rows: number;
  /** A tile with its gap. */
  readonly stepPx: number;
  readonly viewHeightPx: number;
  /** Of all rows, however many they are. */
  readonly contentPx: number;
  /** Of the element that is scrolled: as tall as the content, up to the tallest. */
  readonly spacerPx: number;
};

/** Lays `count` square tiles of at least `tilePx` into a view; they grow to fill its width. All lengths in CSS px. */
export const layOut = (
  count: number,
  tilePx: number,
  view: { readonly widthPx: number; readonly heightPx: number },
): Geometry => {
  const columns = Math.max(1, Math.floor((view.widthPx - GAP_PX) / (tilePx + GAP_PX)));
  const stepPx = Math.max(GAP_PX + 1, Math.floor(((view.widthPx - GAP_PX) / columns) * 100) / 100);
  const rows = Math.ceil(count / columns);
  const contentPx = rows === 0 ? 0 : rows * stepPx + GAP_PX;
  return {
    count,
    columns,
    rows,
    stepPx,
    viewHeightPx: view.heightPx,
    contentPx,
    spacerPx: Math.min(contentPx, TALLEST_PX),
  };
};

/** True where the scroll bar stands for more than it can measure. */
export const isScaled = (geometry: Geometry): boolean => geometry.contentPx > geometry.spacerPx;

/** The farthest that the content can be scrolled. */
export const lastTop = (geometry: Geometry): number =>
  Math.max(0, geometry.contentPx - geometry.viewHeightPx);

const ratio = (geometry: Geometry): number => {
  const range = geometry.spacerPx - geometry.viewHeightPx;
  return isScaled(geometry) && range > 0 ? lastTop(geometry) / range : 1;
};

/** Position in the content that a position of the scroll bar stands for. */
export const topOfScroll = (geometry: Geometry, scrollTop: number): number =>
  Math.min(lastTop(geometry), Math.max(0, scrollTop * ratio(geometry)));

/** Position of the scroll bar for a position in the content. */
export const scrollOfTop = (geometry: Geometry, topPx: number): number => topPx / ratio(geometry);

/** The rows of which a part is in view, and `overscan` more on both sides: first and one past the last. */
export const rowsInView = (
  geometry: Geometry,
  topPx: number,
  overscan: number,
): { readonly first: number; readonly end: number } => {
  const first = Math.floor(topPx / geometry.stepPx) - overscan;
  const end = Math.ceil((topPx + geometry.viewHeightPx) / geometry.stepPx) + overscan;
  return {
    first: Math.max(0, Math.min(first, geometry.rows)),
    end: Math.max(0, Math.min(end, geometry.rows)),
  };
};

/** The nearest position at which the tile `index` is wholly in view. */
export const topToShow = (geometry: Geometry, topPx: number, index: number): number => {
  const rowTop = Math.floor(index / geometry.columns) * geometry.stepPx;
  const rowEnd = rowTop + geometry.stepPx + GAP_PX;
  if (rowTop < topPx) return rowTop;
  if (rowEnd > topPx + geometry.viewHeightPx) {
    return Math.min(rowTop, Math.min(lastTop(geometry), rowEnd - geometry.viewHeightPx));
  }
  return topPx;
};

export type Move = 'left' | 'right' | 'up' | 'down' | 'pageUp' | 'pageDown' | 'home' | 'end';

/** The tile that a key leads to from `index`; stays where there is none. */
export const moveIn = (geometry: Geometry, index: number, move: Move): number => {
  const last = geometry.count - 1;
  const { columns } = geometry;
  const page = Math.max(1, Math.floor(geometry.viewHeightPx / geometry.stepPx)) * columns;
  const within = (to: number): number => Math.max(0, Math.min(last, to));
  switch (move) {
    case 'left':
      return within(index - 1);
    case 'right':
      return within(index + 1);
    case 'up':
      return index - columns < 0 ? index : index - columns;
    case 'down':
      // The last row may be short: down still leads into it.
      return Math.floor(index / columns) < geometry.rows - 1 ? within(index + columns) : index;
    case 'pageUp':
      return index - page < 0 ? index % columns : index - page;
    case 'pageDown':
      return within(index + page);
    case 'home':
      return 0;
    case 'end':
      return within(last);
  }
};
