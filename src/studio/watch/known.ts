import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytesOf, keyOf, type KeyRange, type PathKey } from './paths.ts';

/** What tells one state of a file from another without reading it. */
export type FileStamp = {
  readonly sizeBytes: number;
  /** Nanoseconds since 1970. */
  readonly modifiedNs: bigint;
  /** As a signed 64-bit number, as SQLite holds it. */
  readonly inode: bigint;
  /** Of the folder that the file lies in, as a signed 64-bit number: a link belongs to the folder, not to the file it leads to. */
  readonly device: bigint;
};

/** A file as it was when it was last looked at. */
export type KnownFile = FileStamp & {
  /** Relative to the watched folder, with `/`, in the bytes of the file system. */
  readonly path: Uint8Array;
  /** It was not there when it was last looked at; only of what `withInode` gives. */
  readonly isMissing?: boolean;
};

/**
 * What is known of a source. Changes are reported while it is read: they may be written to it at once, or later.
 */
export type KnownFiles = {
  /**
   * At most `most` files with `from` <= path and, unless `to` is null, path < `to`, in byte order of their paths (`ORDER BY path` of a
   * BLOB). Fewer mean that there are no more.
   */
  page(request: {
    readonly from: Uint8Array;
    readonly to: Uint8Array | null;
    readonly most: number;
  }): readonly KnownFile[] | Promise<readonly KnownFile[]>;
  /**
   * Every file that has this inode, also those that went missing: of a file that is moved the old name may be looked at before the new one.
   * Asked only for files that are new.
   */
  withInode(inode: bigint): readonly KnownFile[] | Promise<readonly KnownFile[]>;
};

/** Rows are read this many at a time. */
const PAGE_FILES = 1000;

export type KnownItem = { readonly key: PathKey; readonly file: KnownFile };

/** Goes through the known files of a range, in byte order. */
export type KnownCursor = {
  /** The next file, or null at the end. */
  head(): Promise<KnownItem | null> | KnownItem | null;
  advance(): void;
  /** Leaves out everything before `key`. */
  skipTo(key: PathKey): void;
};

/** A cursor at the beginning of a range. Its `head` throws the signal's reason before it reads on. */
export const createKnownCursor = (
  known: KnownFiles,
  range: KeyRange,
  signal: AbortSignal | undefined,
): KnownCursor => {
  let page: readonly KnownFile[] = [];
  let place = 0;
  let from: PathKey | null = range.from;
  let item: KnownItem | null = null;

  const take = (): KnownItem | null => {
    const file = page[place];
    item = file === undefined ? null : { key: keyOf(file.path), file };
    return item;
  };
  const readPage = async (start: PathKey): Promise<KnownItem | null> => {
    // Whoever asks something else meanwhile does not wait for two million files.
    await nextTurn();
    signal?.throwIfAborted();
    const to = range.to === null ? null : bytesOf(range.to);
    page = await known.page({ from: bytesOf(start), to, most: PAGE_FILES });
    place = 0;
    const last = page.at(-1);
    from = last === undefined || page.length < PAGE_FILES ? null : `${keyOf(last.path)}\0`;
    return take();
  };

  return {
    head() {
      if (item !== null) return item;
      if (take() !== null) return item;
      return from === null ? null : readPage(from);
    },
    advance() {
      place += 1;
      item = null;
    },
    skipTo(key) {
      while (place < page.length && (take()?.key ?? key) < key) place += 1;
      item = null;
      if (place < page.length || from === null) return;
      from = range.to !== null && key >= range.to ? null : key > from ? key : from;
    },
  };
};

/** Whether a file looks as it did. Inodes count only where the file system keeps them. */
export const isSameStamp = (a: FileStamp, b: FileStamp, hasStableInodes: boolean): boolean =>
  a.sizeBytes === b.sizeBytes && a.modifiedNs === b.modifiedNs && (!hasStableInodes || a.inode === b.inode);
