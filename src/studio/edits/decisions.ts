import type { Database, SqlValue } from '../catalogue/database.ts';
import { failed } from '../failure.ts';
import { groupChanges, type Change } from './changes.ts';
import { decidedValue, FIELDS, isSameValue, type Decided, type Field } from './fields.ts';

type ValueRow = { readonly value: SqlValue };

/** From this many subjects on, all decisions of a field are read at once. */
const MANY_SUBJECTS = 2000;

/** Everything that was decided of a field, by subject. */
export const decisionsOf = (catalogue: Database, field: Field): ReadonlyMap<number, Decided> => {
  const decisions = new Map<number, Decided>();
  const rows = catalogue.rows<readonly [number, SqlValue]>(
    'SELECT subject, value FROM decisions WHERE field = ? ORDER BY subject',
    FIELDS[field],
  );
  for (const [subject, value] of rows) decisions.set(subject, decidedValue(value));
  return decisions;
};

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
