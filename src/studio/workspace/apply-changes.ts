import { labelOf, type SourceLayout } from '../../core/dataset/layouts.ts';
import type { Database } from '../catalogue/database.ts';
import { refreshPhotos } from '../edits/derived.ts';
import { labelIdentity } from '../edits/people.ts';
import type { Change } from '../watch/change.ts';
import type { FileStamp } from '../watch/known.ts';

/** Writes what a scan found into the catalogue. What a person decided is never touched: it hangs on content, and content is not deleted. */

type FileChange = Extract<Change, { readonly kind: 'added' | 'changed' | 'moved' | 'removed' }>;
type IdRow = { readonly id: number; readonly photo_id: number | null };

/** Whom a path names, as an identity. Latin-1 keeps bytes apart. */
const identityOfPath = (catalogue: Database, path: Buffer, layout: SourceLayout): number | null => {
  const label = labelOf(path.toString('latin1'), layout);
  return label === null ? null : labelIdentity(catalogue, Buffer.from(label, 'latin1'));
};

const stampValues = ({ sizeBytes, modifiedNs, inode, device }: FileStamp) =>
  [sizeBytes, modifiedNs, inode, device] as const;

const PUT = `
  INSERT INTO files (source_id, path, size_bytes, modified_ns, inode, device, is_missing, identity_id, photo_id, problem_status, problem_code, problem_message)
  VALUES (?, ?, ?, ?, ?, ?, 0, ?, NULL, ?, ?, ?)
  ON CONFLICT (source_id, path) DO UPDATE SET size_bytes = excluded.size_bytes, modified_ns = excluded.modified_ns, inode = excluded.inode,
    device = excluded.device, is_missing = 0, photo_id = NULL, problem_status = excluded.problem_status,
    problem_code = excluded.problem_code, problem_message = excluded.problem_message`;

const FIND = 'SELECT id, photo_id FROM files WHERE source_id = ? AND path = ?';

/** A file that went missing and is back just as it was needs no second look at its content. */
const RETURNED = `
  UPDATE files SET is_missing = 0, inode = ?4, device = ?5
  WHERE source_id = ?1 AND path = ?2 AND is_missing = 1 AND photo_id IS NOT NULL AND size_bytes = ?3 AND modified_ns = ?6`;

type Source = { readonly id: number; readonly layout: SourceLayout };

const put = (
  catalogue: Database,
  source: Source,
  { path, file, problem }: Extract<Change, { readonly kind: 'added' | 'changed' }>,
): number | null => {
  const before = catalogue.get<IdRow>(FIND, source.id, path);
  const { sizeBytes, modifiedNs, inode, device } = file;
  const isBack =
    before !== null &&
    catalogue.run(RETURNED, source.id, path, sizeBytes, inode, device, modifiedNs).changes > 0;
  if (isBack) return before.photo_id;
  catalogue.run(
    PUT,
    source.id,
    path,
    ...stampValues(file),
    before === null ? identityOfPath(catalogue, path, source.layout) : null,
    problem?.status ?? null,
    problem?.code ?? null,
    problem?.message ?? null,
  );
  return before?.photo_id ?? null;
};

/** A missing file's row keeps its id and its decisions under a name that no file can have: the old one behind a NUL and its id. */
const releasePath = (catalogue: Database, id: number): void => {
  catalogue.run(
    'UPDATE files SET is_missing = 1, path = path || CAST(char(0) || id AS BLOB) WHERE id = ?',
    id,
  );
};

const move = (
  catalogue: Database,
  source: Source,
  { from, to, file }: Extract<Change, { readonly kind: 'moved' }>,
): number | null => {
  // A row that went missing under the new name gives way: the file that came keeps its own history.
  const occupant = catalogue.get<IdRow>(FIND, source.id, to);
  if (occupant !== null) releasePath(catalogue, occupant.id);
  catalogue.run(
    'UPDATE files SET path = ?, inode = ?, device = ?, is_missing = 0, identity_id = ? WHERE source_id = ? AND path = ?',
    to,
    file.inode,
    file.device,
    identityOfPath(catalogue, to, source.layout),
    source.id,
    from,
  );
  return catalogue.get<IdRow>(FIND, source.id, to)?.photo_id ?? null;
};

/** Gives the photo whose main file may be another one now, or null. */
const applyOne = (catalogue: Database, source: Source, change: FileChange): number | null => {
  switch (change.kind) {
    case 'added':
    case 'changed':
      return put(catalogue, source, change);
    case 'moved':
      return move(catalogue, source, change);
    case 'removed': {
      const row = catalogue.get<IdRow>(FIND, source.id, change.path);
      catalogue.run(
        'UPDATE files SET is_missing = 1 WHERE source_id = ? AND path = ?',
        source.id,
        change.path,
      );
      return row?.photo_id ?? null;
    }
  }
};

/** Applies changes of one source in one transaction; gives the photos that are concerned. */
export const applyFileChanges = (
  catalogue: Database,
  source: Source,
  changes: readonly FileChange[],
): readonly number[] =>
  catalogue.transaction(() => {
    const photos = new Set<number>();
    for (const change of changes) {
      const photo = applyOne(catalogue, source, change);
      if (photo !== null) photos.add(photo);
    }
    refreshPhotos(catalogue, photos);
    return [...photos];
  });
