import { createContext } from 'svelte';

/** Nobody can tell what passes faster than this: a tall window in a quarter of a second. */
const FLIGHT_PX_PER_MS = 4;
/** Speed is the mean over this time, so that one long step is no flight. */
const WINDOW_MS = 60;
/** A grid that stood still for so long has landed. */
const REST_MS = 80;

/**
 * Whether a grid is scrolled so fast that its pictures could not be seen. Tiles that come into view meanwhile wait with theirs: else a
 * thousand pictures a second are opened and thrown away, and those that are looked at afterwards come last.
 */
export type Flight = { readonly isFlying: boolean };

/** Tells of flights. @param changed hears when one begins and when it ends */
export const createFlightRecorder = (changed: (isFlying: boolean) => void) => {
  let start = { topPx: 0, atMs: Number.NEGATIVE_INFINITY };
  let landing: ReturnType<typeof setTimeout> | undefined;
  return {
    /** The grid was scrolled to `topPx`. */
    moved(topPx: number, nowMs: number): void {
      const passedMs = nowMs - start.atMs;
      if (passedMs >= WINDOW_MS) {
        // What stood still before begins anew.
        const hasRested = passedMs >= WINDOW_MS + REST_MS;
        changed(!hasRested && Math.abs(topPx - start.topPx) > FLIGHT_PX_PER_MS * passedMs);
        start = { topPx, atMs: nowMs };
      }
      clearTimeout(landing);
      landing = setTimeout(() => {
        changed(false);
        start = { topPx, atMs: Number.NEGATIVE_INFINITY };
      }, REST_MS);
    },
  };
};

/** The flight of the grid that a picture lies in. */
export const [useFlight, provideFlight] = createContext<Flight>();
