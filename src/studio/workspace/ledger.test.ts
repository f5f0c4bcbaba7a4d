import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../catalogue/database.ts';
import { migrate } from '../catalogue/migrate.ts';
import { FIELDS } from '../edits/fields.ts';
import { createFaceIndex } from '../faces/index.ts';
import { LEDGER_PAGE, readLedger } from './ledger.ts';
import { ensureProperties } from './properties.ts';

const WORK_KEY = new Uint8Array(32);

let catalogue: Database;
beforeEach(() => {
  catalogue = openDatabase(':memory:', { isReadOnly: false });
  migrate(catalogue, () => undefined);
  ensureProperties(catalogue);
  for (const source of [1, 2])
    catalogue.run(
      "INSERT INTO sources (id, folder, layout, is_polled, is_offline, added_at_ms) VALUES (?, ?, 'flat', 0, 0, 0)",
      source,
      Buffer.from(`/photos/${String(source)}`),
    );
  catalogue.run('INSERT INTO decisions (field, subject, value) VALUES (?, 1, 1)', FIELDS['source.kept']);
});
afterEach(() => {
  catalogue.close();
});

const putFile = (id: number, source: number): void => {
  catalogue.run(
    'INSERT INTO files (id, source_id, path, size_bytes, modified_ns, inode, device, is_missing) VALUES (?, ?, ?, 1, 1, 1, 1, 0)',
    id,
    source,
    Buffer.from(`${String(id)}.jpg`),
  );
};

test('a page of the ledger is read without sorting all files, whatever is known of their number', () => {
  for (const files of [null, 10, 2_000_000]) {
    if (files !== null) {
      catalogue.exec('ANALYZE');
      catalogue.exec("DELETE FROM sqlite_stat1 WHERE tbl IN ('files', 'sources')");
      catalogue.run("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('files', NULL, ?)", String(files));
      catalogue.exec("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('sources', NULL, '1')");
      catalogue.exec('ANALYZE sqlite_schema');
    }
    const plan = catalogue
      .all<{ readonly detail: string }>(`EXPLAIN QUERY PLAN ${LEDGER_PAGE}`, WORK_KEY, 0, 1)
      .map(({ detail }) => detail);
    expect(plan[0]).toContain('SEARCH files');
    expect(plan.join()).not.toContain('ORDER BY');
  }
});

test('pages of the ledger follow one another by id and hold the files of kept sources', () => {
  for (let id = 1; id <= 2500; id += 1) putFile(id, id % 5 === 0 ? 2 : 1);
  const faces = createFaceIndex(catalogue);
  const kept = Array.from({ length: 2500 }, (_, index) => index + 1).filter((id) => id % 5 !== 0);
  const idsOf = (after: number, limit: number): readonly number[] =>
    readLedger(catalogue, faces, WORK_KEY, { statuses: null, after, limit }).map(({ id }) => id);
  expect(idsOf(0, 5000)).toEqual(kept);
  expect(idsOf(0, 1)).toEqual([1]);
  expect(idsOf(1234, 7)).toEqual(kept.filter((id) => id > 1234).slice(0, 7));
  const pending = readLedger(catalogue, faces, WORK_KEY, { statuses: ['pending'], after: 2000, limit: 3 });
  expect(pending.map(({ id }) => id)).toEqual([2001, 2002, 2003]);
});
