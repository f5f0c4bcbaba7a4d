import type { Database } from '../catalogue/database.ts';
import type { KnownFile, KnownFiles } from '../watch/known.ts';

type Row = {
  readonly path: Uint8Array;
  readonly size_bytes: bigint;
  readonly modified_ns: bigint;
  readonly inode: bigint;
  readonly device: bigint;
};
type RowOfAny = Row & { readonly is_missing: bigint };

const knownFile = (row: Row): KnownFile => ({
  path: row.path,
  sizeBytes: Number(row.size_bytes),
  modifiedNs: row.modified_ns,
  inode: row.inode,
  device: row.device,
});

const COLUMNS =
  'SELECT path, size_bytes, modified_ns, inode, device FROM files WHERE source_id = ? AND is_missing = 0';

/** Of a missing file another has taken the name where it holds a NUL; see `releasePath`. */
const OF_INODE = `SELECT path, size_bytes, modified_ns, inode, device, is_missing FROM files
  WHERE source_id = ? AND inode = ? AND instr(path, x'00') = 0`;

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
  withInode: (inode) =>
    catalogue
      .allBig<RowOfAny>(OF_INODE, sourceId, inode)
      .map((row) => ({ ...knownFile(row), isMissing: row.is_missing === 1n })),
});
