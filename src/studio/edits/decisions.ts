import type { Database, SqlValue } from '../catalogue/database.ts';
import { failed } from '../failure.ts';
import { groupChanges, type Change } from './changes.ts';
import { decidedValue, FIELDS, isSameValue, type Decided, type Field } from './fields.ts';

type ValueRow = { readonly value: SqlValue };

/** From this many subjects on, all decisions of a field are read at once. */
const MANY_SUBJECTS = 2000;

const PAGE = 'SELECT subject, value FROM decisions WHERE field = ? AND subject > ? ORDER BY subject LIMIT ?';
const ROWS_AT_ONCE = 5000;

/** Goes through everything that was decided of a field, ascending by subject. Nothing of the field may be decided meanwhile. */
export function* eachDecision(
  catalogue: Database,
  field: Field,
): Generator<readonly [subject: number, value: Decided], void, void> {
  let last = -1;
  for (;;) {
    const rows = catalogue.arrays<readonly [number, SqlValue]>(PAGE, FIELDS[field], last, ROWS_AT_ONCE);
    for (const [subject, value] of rows) yield [subject, decidedValue(value)];
    if (rows.length < ROWS_AT_ONCE) return;
    last = rows.at(-1)?.[0] ?? last;
  }
}

/** Everything that was decided of a field, by subject. */
export const decisionsOf = (catalogue: Database, field: Field): ReadonlyMap<number, Decided> =>
  new Map(eachDecision(catalogue, field));

/** Reads what was decided of some subjects; null is no decision. */
export const decisionReader = (
  catalogue: Database,
  field: Field,
  subjects: number,
): ((subject: number) => Decided) => {
  if (subjects >= MANY_SUBJECTS) {
    const all = decisionsOf(catalogue, field);
    return (subject) => all.get(subject) ?? null;
  }
  return (subject) => {
    const row = catalogue.get<ValueRow>(
      'SELECT value FROM decisions WHERE field = ? AND subject = ?',
      FIELDS[field],
      subject,
    );
    return row === null ? null : decidedValue(row.value);
  };
};

/** The changes that give each subject the value, those left out that have it. @param subjects ascending */
export const changesTo = (
  catalogue: Database,
  field: Field,
  subjects: readonly number[],
  after: Decided,
): readonly Change[] => {
  const read = decisionReader(catalogue, field, subjects.length);
  return groupChanges(subjects.map((subject) => ({ field, subject, before: read(subject), after })));
};

const SET =
  'INSERT INTO decisions (field, subject, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
const CLEAR = 'DELETE FROM decisions WHERE field = ? AND subject = ?';

/**
 * Writes changes, within a transaction of the caller.
 * @throws a failure when a value is not the one that a change expects: somebody else has written the catalogue
 */
export const writeChanges = (catalogue: Database, changes: readonly Change[]): void => {
  for (const { field, before, after, subjects } of changes) {
    const read = decisionReader(catalogue, field, subjects.length);
    for (const subject of subjects) {
      if (!isSameValue(read(subject), before))
        throw failed(
          `The catalogue ${catalogue.file} was changed by another program: close the workspace and open it again.`,
        );
      if (after === null) catalogue.run(CLEAR, FIELDS[field], subject);
      else catalogue.run(SET, FIELDS[field], subject, after);
    }
  }
};
