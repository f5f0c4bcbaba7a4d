import { createHash } from 'node:crypto';
import type { Database, SqlValue } from '../catalogue/database.ts';

/**
 * What the catalogue says of the dataset, as text lines in one order: decisions, and everything that follows from them and from the files.
 * Left out is what only counts how it came about: the journal, revisions, names that no file and no decision uses, and faces that somebody
 * drew and took back.
 */
const STATEMENTS: readonly string[] = [
  'SELECT * FROM decisions ORDER BY field, subject',
  'SELECT id, folder, layout, is_polled, is_offline FROM sources ORDER BY id',
  `SELECT * FROM identities WHERE label IS NOT NULL OR id IN (SELECT value FROM decisions WHERE field IN (2, 9))
     OR id IN (SELECT subject FROM decisions WHERE field IN (8, 9)) ORDER BY id`,
  'SELECT id, sha256, work_key, failure_code, width_px, height_px, conversions, chosen_face_id, main_file_id FROM photos ORDER BY id',
  'SELECT * FROM files ORDER BY id',
  'SELECT * FROM face_pairs WHERE id IN (SELECT subject FROM decisions WHERE field = 11) ORDER BY id',
  'SELECT * FROM clusterings WHERE id IN (SELECT value FROM decisions WHERE field = 12) ORDER BY id',
  'SELECT * FROM faces WHERE is_found = 1 OR id IN (SELECT subject FROM decisions WHERE field BETWEEN 1 AND 4) ORDER BY id',
];

const text = (value: SqlValue): string =>
  value instanceof Uint8Array
    ? `x'${Buffer.from(value).toString('hex')}'`
    : typeof value === 'string'
      ? JSON.stringify(value)
      : String(value);

/** What the catalogue says, a line for each row, after a line for each of the statements. */
export function* catalogueLines(catalogue: Database): Generator<string, void, void> {
  for (const sql of STATEMENTS) {
    yield sql;
    for (const row of catalogue.bigRows(sql)) yield row.map(text).join('|');
  }
}

/** SHA-256 of it, in hexadecimal: equal for two catalogues that say the same. */
export const catalogueDigest = (catalogue: Database): string => {
  const hash = createHash('sha256');
  for (const line of catalogueLines(catalogue)) hash.update(`${line}\n`);
  return hash.digest('hex');
};
