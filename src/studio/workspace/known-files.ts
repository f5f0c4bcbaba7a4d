import type { Database } from '../catalogue/database.ts';

/** What tells one state of a file from another without reading it. */
export type FileStamp = {
  readonly sizeBytes: number;
  /** Nanoseconds since 1970. */
  readonly modifiedNs: bigint;
  /** As a signed 64-bit number, as SQLite holds it. */
  readonly inode: bigint;
  readonly device: bigint;
};

/** A file of a source as it was when it was last looked at. */
export type KnownFile = FileStamp & {
  /** Relative to the source's folder, with `/`, in the bytes of the file system. */
  readonly path: Uint8Array;
};

/** What the catalogue knows of the files of a source that are there. */
export type KnownFiles = {
  /** At most `most` files with `from` <= path and, unless `to` is null, path < `to`, in byte order. */
  page(request: {
    readonly from: Uint8Array;
    readonly to: Uint8Array | null;
    readonly most: number;
  }): readonly KnownFile[];
  withInode(inode: bigint): readonly KnownFile[];
};

type Row = {
  readonly path: Uint8Array;
  readonly size_bytes: bigint;
  readonly modified_ns: bigint;
  readonly inode: bigint;
  readonly device: bigint;
};

const knownFile = (row: Row): KnownFile => ({
  path: row.path,
  sizeBytes: Number(row.size_bytes),
  modifiedNs: row.modified_ns,
  inode: row.inode,
  device: row.device,
});

const COLUMNS =
  'SELECT path, size_bytes, modified_ns, inode, device FROM files WHERE source_id = ? AND is_missing = 0';

/** The known files of a source, read as they are asked for. */
export const knownFilesOf = (catalogue: Database, sourceId: number): KnownFiles => ({
  page({ from, to, most }) {
    const rows =
      to === null
        ? catalogue.allBig<Row>(`${COLUMNS} AND path >= ? ORDER BY path LIMIT ?`, sourceId, from, most)
        : catalogue.allBig<Row>(
            `${COLUMNS} AND path >= ? AND path < ? ORDER BY path LIMIT ?`,
            sourceId,
            from,
            to,
            most,
          );
    return rows.map(knownFile);
  },
  withInode: (inode) => catalogue.allBig<Row>(`${COLUMNS} AND inode = ?`, sourceId, inode).map(knownFile),
});
