import type { FoundFile } from './change.ts';
import type { PathKey } from './paths.ts';

/** Decides whether somebody may still be writing a file. */
export type RestKeeper = {
  /** Whether a file may be reported. A young one may when it looks as it did at an earlier call, `restMs` ago or longer. */
  isAtRest(path: PathKey, file: FoundFile): boolean;
  /** Forgets files that were not asked about since then. */
  forgetBefore(timeMs: number): void;
  readonly size: number;
};

/** A file that nobody touched for so long is at rest at first sight, whatever little the clocks of disk and machine differ. */
const OLD_MS = 10_000;
const NS_PER_MS = 1_000_000n;

type Seen = { readonly file: FoundFile; readonly sinceMs: number; lastMs: number };

const isSame = (a: FoundFile, b: FoundFile): boolean =>
  a.sizeBytes === b.sizeBytes &&
  a.modifiedNs === b.modifiedNs &&
  a.statusChangedNs === b.statusChangedNs &&
  a.inode === b.inode;

/** A keeper that has seen nothing. */
export const createRestKeeper = (restMs: number, nowMs: () => number): RestKeeper => {
  const seen = new Map<PathKey, Seen>();
  return {
    isAtRest(path, file) {
      const now = nowMs();
      const changedNs = file.modifiedNs > file.statusChangedNs ? file.modifiedNs : file.statusChangedNs;
      if (now - Number(changedNs / NS_PER_MS) >= OLD_MS) {
        seen.delete(path);
        return true;
      }
      const before = seen.get(path);
      if (before === undefined || !isSame(before.file, file)) {
        seen.set(path, { file, sinceMs: now, lastMs: now });
        return false;
      }
      before.lastMs = now;
      if (now - before.sinceMs < restMs) return false;
      seen.delete(path);
      return true;
    },
    forgetBefore(timeMs) {
      for (const [path, { lastMs }] of seen) if (lastMs < timeMs) seen.delete(path);
    },
    get size() {
      return seen.size;
    },
  };
};
