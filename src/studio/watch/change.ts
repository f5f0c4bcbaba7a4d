import type { Problem } from '../scan/problems.ts';
import type { FileStamp, KnownFile } from './known.ts';

/** A file as it was found. */
export type FoundFile = FileStamp & {
  /** When its content, name or permissions last changed; nanoseconds since 1970. */
  readonly statusChangedNs: bigint;
};

/**
 * What differs between what is known and what is there. Paths are relative to the watched folder, with `/`, in the bytes of the file
 * system. Additions, changes and moves come as they are found, removals when the whole scope was seen.
 */
export type Change =
  | {
      readonly kind: 'added';
      readonly path: Buffer;
      readonly file: FoundFile;
      /** null for a file to be decoded. */
      readonly problem: Problem | null;
    }
  | {
      readonly kind: 'changed';
      readonly path: Buffer;
      readonly file: FoundFile;
      readonly problem: Problem | null;
      readonly was: KnownFile;
    }
  /** The same file (inode, size, time) under another name. */
  | { readonly kind: 'moved'; readonly from: Buffer; readonly to: Buffer; readonly file: FoundFile }
  | { readonly kind: 'removed'; readonly path: Buffer; readonly was: KnownFile }
  /** Somebody may still be writing it; nothing is said about it yet. */
  | { readonly kind: 'unsettled'; readonly path: Buffer; readonly file: FoundFile }
  /** A file or folder that could not be looked at; what is known of it and below it still stands. */
  | {
      readonly kind: 'unreadable';
      readonly path: Buffer;
      /** The system's: `EACCES`, `EIO`. */
      readonly code: string;
      readonly message: string;
    }
  /** A folder whose disk is not there (the watched folder: an empty path); what is known below it still stands. */
  | { readonly kind: 'offline'; readonly path: Buffer; readonly message: string }
  /** The folder is there and none of its known files is: a person should say whether they are really gone. */
  | { readonly kind: 'emptied'; readonly count: number }
  /** A part could not be judged alone: everything must be looked at. */
  | { readonly kind: 'uncertain'; readonly message: string }
  /** Everything was looked at, and the watched folder was there all the time. Always the last. */
  | { readonly kind: 'complete'; readonly files: number; readonly folders: number };
