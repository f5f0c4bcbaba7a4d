import type { LedgerEntry } from '../../contract/workspace-ledger.ts';
import type { StatusCounts } from '../../contract/workspace.ts';
import type { FileStatus } from '../../contract/workspace-file-status.ts';
import type { Database } from '../catalogue/database.ts';
import { FIELDS } from '../edits/fields.ts';
import type { FaceIndex } from '../faces/index.ts';
import { shownPath } from '../scan/names.ts';

/**
 * The ledger: every file of every source that is kept has one status and one reason. `photo` stands for the three that depend on how many
 * faces the photo has, which only the faces in memory tell. Crossed, the joins keep their order: beginning with the sources, SQLite would
 * sort all files for each page of them.
 */
const LEDGER = `
  SELECT files.id, files.source_id, files.path, files.photo_id, files.identity_id,
    files.problem_message, photos.failure_message, photos.main_file_id, files.problem_code, photos.failure_code,
    CASE
      WHEN excluded.value IS NOT NULL THEN 'excluded'
      WHEN sources.is_offline = 1 THEN 'offline'
      WHEN files.is_missing = 1 THEN 'missing'
      WHEN files.problem_status = 'skipped' THEN 'skipped'
      WHEN files.problem_status = 'failed' THEN 'unreadable'
      WHEN photos.id IS NULL OR photos.work_key <> ?1 THEN 'pending'
      WHEN photos.failure_code IS NOT NULL THEN 'unreadable'
      WHEN photos.main_file_id <> files.id THEN 'duplicate'
      ELSE 'photo'
    END AS status
  FROM files
  CROSS JOIN sources ON sources.id = files.source_id
  CROSS JOIN decisions AS kept ON kept.field = ${String(FIELDS['source.kept'])} AND kept.subject = files.source_id
  LEFT JOIN decisions AS excluded ON excluded.field = ${String(FIELDS['file.excluded'])} AND excluded.subject = files.id
  LEFT JOIN photos ON photos.id = files.photo_id`;

type SqlStatus = Exclude<FileStatus, 'aligned' | 'severalFaces' | 'noFace'> | 'photo';

type LedgerRow = {
  readonly id: number;
  readonly source_id: number;
  readonly path: Uint8Array;
  readonly photo_id: number | null;
  readonly identity_id: number | null;
  readonly problem_message: string | null;
  readonly problem_code: string | null;
  readonly failure_message: string | null;
  readonly failure_code: string | null;
  readonly main_file_id: number | null;
  readonly status: SqlStatus;
};

const statusOfFaces = (faces: number): 'noFace' | 'aligned' | 'severalFaces' =>
  faces === 0 ? 'noFace' : faces === 1 ? 'aligned' : 'severalFaces';

/** No file of any status. */
export const noStatuses = (): StatusCounts => ({
  aligned: 0,
  severalFaces: 0,
  noFace: 0,
  unreadable: 0,
  skipped: 0,
  duplicate: 0,
  excluded: 0,
  pending: 0,
  missing: 0,
  offline: 0,
});

/** How many files have each status; they add up to `files`. */
export type CountedStatuses = { readonly files: number; readonly statuses: StatusCounts };

const COUNT = `SELECT status, count(*) AS n FROM (${LEDGER} WHERE files.id BETWEEN ?2 AND ?3) GROUP BY status`;
/** So many files are counted in some 20 ms. */
const FILES_PER_SLICE = 10_000;

/** Counts slice by slice, so that others may be answered between; gives the counts at its end. */
export function* countInSlices(
  catalogue: Database,
  faces: FaceIndex,
  workKey: Uint8Array,
): Generator<void, CountedStatuses, void> {
  const statuses = noStatuses();
  let files = 0;
  let photos = 0;
  type Counted = { readonly status: SqlStatus; readonly n: number };
  const last =
    catalogue.get<{ readonly last: number | null }>('SELECT max(id) AS last FROM files')?.last ?? 0;
  for (let from = 1; from <= last; from += FILES_PER_SLICE) {
    for (const { status, n } of catalogue.all<Counted>(COUNT, workKey, from, from + FILES_PER_SLICE - 1)) {
      files += n;
      if (status === 'photo') photos += n;
      else statuses[status] += n;
    }
    yield;
  }
  // Faces are in memory; where another process writes they may be behind the files, and the sum holds all the same.
  const shown = faces.countPhotos();
  statuses.severalFaces = Math.min(photos, shown.severalFaces);
  statuses.aligned = Math.min(photos - statuses.severalFaces, shown.aligned);
  statuses.noFace = photos - statuses.severalFaces - statuses.aligned;
  return { files, statuses };
}

/** Counts at once. */
export const countStatuses = (
  catalogue: Database,
  faces: FaceIndex,
  workKey: Uint8Array,
): CountedStatuses => {
  const slices = countInSlices(catalogue, faces, workKey);
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
  }
};

const SENTENCES = {
  aligned: { code: 'one-face', message: 'One face was found.' },
  severalFaces: { code: 'several-faces', message: 'Several faces were found; one of them is chosen.' },
  noFace: { code: 'no-face', message: 'No face was found.' },
  excluded: { code: 'excluded', message: 'Somebody left it out.' },
  offline: { code: 'offline', message: 'Its folder cannot be reached at the moment.' },
  missing: { code: 'missing', message: 'The file is not there any more; what was decided of it is kept.' },
  pending: { code: 'waiting', message: 'Waits to be aligned.' },
  unreadable: { code: 'damaged', message: 'It could not be read.' },
  skipped: { code: 'not-an-image', message: 'Not a picture.' },
  duplicate: { code: 'duplicate', message: 'The same content as another file.' },
} as const satisfies Record<FileStatus, LedgerEntry['reason']>;

/** Ledger rows read at a time. */
const PAGE_ROWS = 1000;
/** `?1` is the key of the work that the settings ask for, `?2` the id after which the page begins, `?3` how many rows it has at most. */
export const LEDGER_PAGE = `${LEDGER} WHERE files.id > ?2 ORDER BY files.id LIMIT ?3`;

const mainPath = (catalogue: Database, file: number | null): string => {
  const row =
    file === null
      ? null
      : catalogue.get<{ readonly path: Uint8Array }>('SELECT path FROM files WHERE id = ?', file);
  return row === null ? 'another file' : shownPath(row.path);
};

const reasonOf = (catalogue: Database, row: LedgerRow, status: FileStatus): LedgerEntry['reason'] => {
  if (status === 'duplicate')
    return { code: 'duplicate', message: `The same content as ${mainPath(catalogue, row.main_file_id)}.` };
  const { code, message } = SENTENCES[status];
  if (status !== 'unreadable' && status !== 'skipped') return { code, message };
  return {
    code: row.problem_code ?? row.failure_code ?? code,
    message: row.problem_message ?? row.failure_message ?? message,
  };
};

/** Files after `after` in the order of their ids, those of the statuses wanted. */
export const readLedger = (
  catalogue: Database,
  faces: FaceIndex,
  workKey: Uint8Array,
  request: {
    readonly statuses: readonly FileStatus[] | null;
    readonly after: number;
    readonly limit: number;
  },
): readonly LedgerEntry[] => {
  const { statuses, limit } = request;
  const perPhoto = faces.facesPerPhoto();
  const most = statuses === null ? Math.min(limit, PAGE_ROWS) : PAGE_ROWS;
  const people = faces.people();
  const entries: LedgerEntry[] = [];
  for (let after = request.after; ;) {
    const rows = catalogue.all<LedgerRow>(LEDGER_PAGE, workKey, after, most);
    for (const row of rows) {
      const status = row.status === 'photo' ? statusOfFaces(perPhoto[row.photo_id ?? 0] ?? 0) : row.status;
      if (statuses !== null && !statuses.includes(status)) continue;
      entries.push({
        id: row.id,
        source: row.source_id,
        file: shownPath(row.path),
        status,
        reason: reasonOf(catalogue, row, status),
        identity: row.identity_id === null ? null : people.nameOf(row.identity_id),
        photo: row.photo_id,
      });
      if (entries.length === limit) return entries;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < most) return entries;
    after = last.id;
  }
};
