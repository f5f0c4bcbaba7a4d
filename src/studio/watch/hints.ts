import { splitKey, type PathKey } from './paths.ts';

/** Where to look: entries, each with all that is below it; null for everywhere. */
export type Hints = readonly PathKey[] | null;

/** More entries of one folder become the folder. */
const MOST_OF_FOLDER = 1024;
/** More entries become everywhere: a look at everything takes no longer. */
const MOST_IN_ALL = 16_384;

/** Gathers hints and joins them, so that they stay few however much happens. */
export type HintSet = {
  add(path: PathKey): void;
  addEverywhere(): void;
  isEmpty(): boolean;
  /** Gives what was gathered, and begins anew. */
  take(): Hints;
};

/** An empty set. */
export const createHintSet = (): HintSet => {
  const byFolder = new Map<PathKey, Set<PathKey>>();
  const whole = new Set<PathKey>();
  let count = 0;
  let isEverywhere = false;

  const clear = (): void => {
    byFolder.clear();
    whole.clear();
    count = 0;
  };
  const addEverywhere = (): void => {
    clear();
    isEverywhere = true;
  };
  return {
    add(path) {
      if (isEverywhere) return;
      if (path === '') {
        addEverywhere();
        return;
      }
      const { folder } = splitKey(path);
      if (whole.has(folder)) return;
      const entries = byFolder.get(folder) ?? new Set<PathKey>();
      byFolder.set(folder, entries);
      if (entries.has(path)) return;
      entries.add(path);
      count += 1;
      if (count > MOST_IN_ALL || (folder === '' && entries.size > MOST_OF_FOLDER)) addEverywhere();
      else if (entries.size > MOST_OF_FOLDER) {
        byFolder.delete(folder);
        whole.add(folder);
        count -= entries.size - 1;
      }
    },
    addEverywhere,
    isEmpty: () => !isEverywhere && count === 0,
    take() {
      const hints = isEverywhere ? null : [...whole, ...[...byFolder.values()].flatMap((keys) => [...keys])];
      isEverywhere = false;
      clear();
      return hints;
    },
  };
};
