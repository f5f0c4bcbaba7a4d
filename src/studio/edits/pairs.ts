import type { Database, SqlValue } from '../catalogue/database.ts';
import { groupChanges, type Change, type SingleChange } from './changes.ts';
import { decidedValue, FIELDS, type Decided } from './fields.ts';

/** Two faces, the lower id first. */
export type FacePair = readonly [a: number, b: number];

type PairRow = { readonly id: number; readonly value: SqlValue };

const PAIR = `SELECT face_pairs.id, decisions.value FROM face_pairs
  LEFT JOIN decisions ON decisions.field = ${String(FIELDS['pair.same'])} AND decisions.subject = face_pairs.id
  WHERE face_a = ? AND face_b = ?`;

/** A row for a pair that a decision hangs on. Within a transaction of the caller. */
export const insertPair = (catalogue: Database, [a, b]: FacePair): number =>
  catalogue.run('INSERT INTO face_pairs (face_a, face_b) VALUES (?, ?)', a, b).lastId;

/** The row of a pair; null where nothing was ever said of it. */
export const pairId = (catalogue: Database, pair: FacePair): number | null =>
  catalogue.get<PairRow>(PAIR, ...pair)?.id ?? null;

const ordered = ([a, b]: FacePair): FacePair => (a < b ? [a, b] : [b, a]);

/** The changes that say the value of each pair, those left out that have it, and the faces that they concern, ascending. */
export const changesOfPairs = (
  { catalogue, newPair }: { readonly catalogue: Database; readonly newPair: (pair: FacePair) => number },
  given: readonly FacePair[],
  value: Decided,
): { readonly changes: readonly Change[]; readonly faces: readonly number[]; readonly count: number } => {
  const singles: SingleChange[] = [];
  const faces = new Set<number>();
  const seen = new Set<string>();
  for (const pair of given.map(ordered)) {
    if (seen.has(pair.join(' '))) continue;
    seen.add(pair.join(' '));
    const row = catalogue.get<PairRow>(PAIR, ...pair);
    const before = row === null ? null : decidedValue(row.value);
    if (before === value) continue;
    singles.push({ field: 'pair.same', subject: row?.id ?? newPair(pair), before, after: value });
    for (const face of pair) faces.add(face);
  }
  return {
    changes: groupChanges(singles),
    faces: [...faces].sort((a, b) => a - b),
    count: singles.length,
  };
};

/** What a person said of two faces. */
export type DecidedPair = { readonly pair: FacePair; readonly isSame: boolean };

/** Everything that was said of pairs of faces, in the order in which they were first named. */
export const decidedPairs = (catalogue: Database): readonly DecidedPair[] =>
  catalogue
    .all<{ readonly face_a: number; readonly face_b: number; readonly value: number }>(
      `SELECT face_a, face_b, value FROM decisions JOIN face_pairs ON face_pairs.id = decisions.subject
       WHERE field = ${String(FIELDS['pair.same'])} ORDER BY face_pairs.id`,
    )
    .map(({ face_a: a, face_b: b, value }) => ({ pair: [a, b], isSame: value === 1 }));
