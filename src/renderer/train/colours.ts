import type { Training } from './training.svelte.ts';

const PINNED_COLOURS = [2, 3, 4, 5] as const;

/** The colour of a run's curves; null for one that is not drawn. */
export const colourOf = (training: Training, folder: string): 1 | 2 | 3 | 4 | 5 | null => {
  if (training.watched?.folder === folder) return 1;
  const place = [...training.pinned.keys()].indexOf(folder);
  return PINNED_COLOURS[place] ?? null;
};
