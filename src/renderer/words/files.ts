import type { FileStatus } from '../../contract/workspace-file-status.ts';

/** How many files of a workspace have a status, in words that follow the number; in the order in which they are shown. */
export const FILE_COUNT_WORDS: readonly (readonly [FileStatus, string])[] = [
  ['aligned', 'aligned'],
  ['severalFaces', 'with several faces'],
  ['noFace', 'without a face'],
  ['unreadable', 'unreadable'],
  ['duplicate', 'duplicates'],
  ['skipped', 'no pictures'],
  ['excluded', 'left out'],
  ['pending', 'waiting'],
  ['missing', 'missing'],
  ['offline', 'offline'],
];
