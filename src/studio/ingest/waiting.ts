import type { Database } from '../catalogue/database.ts';
import { FIELDS } from '../edits/fields.ts';

/** A file that waits to be aligned. */
export type WaitingFile = { readonly id: number; readonly folder: Uint8Array; readonly path: Uint8Array };

/** Problems that may be over: such files are tried again with every run. */
const WORTH_ANOTHER_TRY = "'missing', 'no-permission', 'too-slow', 'too-much-memory', 'not-written'";

/** Which files: `all`, or those of sources whose files are aligned when they arrive. */
export type WaitingScope = 'all' | 'arrived';

/** Files of kept sources that can be reached, with a photo that was never read, or was aligned with other settings. */
const WAITING = `
  FROM files
  JOIN sources ON sources.id = files.source_id AND sources.is_offline = 0
  JOIN decisions AS kept ON kept.field = ${String(FIELDS['source.kept'])} AND kept.subject = files.source_id
  LEFT JOIN decisions AS excluded ON excluded.field = ${String(FIELDS['file.excluded'])} AND excluded.subject = files.id
  LEFT JOIN decisions AS arrival ON arrival.field = ${String(FIELDS['source.arrival'])} AND arrival.subject = files.source_id
  LEFT JOIN photos ON photos.id = files.photo_id
  WHERE files.is_missing = 0 AND excluded.value IS NULL
    AND (files.problem_status IS NULL OR files.problem_code IN (${WORTH_ANOTHER_TRY}))
    AND (photos.id IS NULL OR photos.work_key <> ?1)
    AND (?2 = 'all' OR ifnull(arrival.value, 'align') = 'align')`;

/** How many files wait. */
export const countWaiting = (catalogue: Database, workKey: Uint8Array, scope: WaitingScope): number =>
  catalogue.get<{ readonly n: number }>(`SELECT count(*) AS n ${WAITING}`, workKey, scope)?.n ?? 0;

/** Waiting files after `after`, in the order of their ids. */
export const readWaiting = (
  catalogue: Database,
  workKey: Uint8Array,
  page: { readonly scope: WaitingScope; readonly after: number; readonly limit: number },
): readonly WaitingFile[] =>
  catalogue.all<WaitingFile>(
    `SELECT files.id, sources.folder, files.path ${WAITING} AND files.id > ?3 ORDER BY files.id LIMIT ?4`,
    workKey,
    page.scope,
    page.after,
    page.limit,
  );
