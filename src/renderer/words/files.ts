import type { FileStatus } from '../../contract/workspace-file-status.ts';

/** How many files of a workspace have a status: the words that follow one, and those that follow several; as they are shown. */
export const FILE_COUNT_WORDS: readonly (readonly [status: FileStatus, one: string, several: string])[] = [
  ['aligned', 'aligned', 'aligned'],
  ['severalFaces', 'with several faces', 'with several faces'],
  ['noFace', 'without a face', 'without a face'],
  ['unreadable', 'unreadable', 'unreadable'],
  ['duplicate', 'duplicate', 'duplicates'],
  ['skipped', 'no picture', 'no pictures'],
  ['excluded', 'left out', 'left out'],
  ['pending', 'waiting', 'waiting'],
  ['missing', 'missing', 'missing'],
  ['offline', 'offline', 'offline'],
];
