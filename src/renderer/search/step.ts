/** Where a tile lies. */
export type TilePlace = { readonly leftPx: number; readonly topPx: number };

const DIRECTIONS = { ArrowUp: -1, ArrowDown: 1 } as const;

/**
 * The tile that a key leads to from another, in rows that may be of several lists: up and down lead to that of the next row that is nearest to straight.
 * null for a key that leads nowhere.
 */
export const stepTo = (places: readonly TilePlace[], from: number, key: string): number | null => {
  const last = places.length - 1;
  const within = (to: number): number => Math.max(0, Math.min(last, to));
  switch (key) {
    case 'ArrowLeft':
      return within(from - 1);
    case 'ArrowRight':
      return within(from + 1);
    case 'Home':
      return 0;
    case 'End':
      return Math.max(0, last);
    case 'ArrowUp':
    case 'ArrowDown': {
      const here = places[from];
      if (here === undefined) return null;
      const direction = DIRECTIONS[key];
      const isBeyond = ({ topPx }: TilePlace): boolean => (topPx - here.topPx) * direction > 0;
      const rows = places.filter(isBeyond).map(({ topPx }) => topPx * direction);
      const rowPx = Math.min(...rows) * direction;
      let best = from;
      let bestPx = Infinity;
      places.forEach((place, at) => {
        const awayPx = Math.abs(place.leftPx - here.leftPx);
        if (place.topPx !== rowPx || awayPx >= bestPx) return;
        best = at;
        bestPx = awayPx;
      });
      return best;
    }
    default:
      return null;
  }
};
