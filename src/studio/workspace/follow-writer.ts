import type { Database } from '../catalogue/database.ts';

const LEAST_PAUSE_MS = 1000;
/** Reading anew what changed takes at most one part in so many of the time. */
const READING_SHARE = 10;

/**
 * Looks from time to time whether another process wrote to a catalogue, and calls `changed` when one did.
 * @param readingMs how long it took last time to read anew what changed
 */
export const followWriter = (
  catalogue: Database,
  changed: () => void,
  readingMs: () => number,
): { close(): void } => {
  const readVersion = (): number =>
    catalogue.get<{ readonly data_version: number }>('PRAGMA data_version')?.data_version ?? 0;
  let version = readVersion();
  let timer: NodeJS.Timeout | null = null;
  const wait = (): void => {
    timer = setTimeout(look, Math.max(LEAST_PAUSE_MS, readingMs() * READING_SHARE));
    // A command that only reads once does not wait for it.
    timer.unref();
  };
  const look = (): void => {
    const now = readVersion();
    if (now !== version) {
      version = now;
      changed();
    }
    wait();
  };
  wait();
  return {
    close() {
      if (timer !== null) clearTimeout(timer);
    },
  };
};
