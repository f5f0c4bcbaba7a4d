import type { Database, SqlValue } from '../catalogue/database.ts';
import { decodeChanges, inverted, type Change } from './changes.ts';
import { decidedValue, FIELDS, isSameValue, type Decided, type Field } from './fields.ts';

/** What is decided of each subject, by the field's code. */
export type Decisions = ReadonlyMap<number, ReadonlyMap<number, Decided>>;

type Entry = readonly [action: string, changes: string, target: number | null];

const ENTRIES = `
  SELECT entry.action, coalesce(step.changes, entry.changes), entry.target FROM journal AS entry
  LEFT JOIN journal AS step ON step.sequence = entry.target ORDER BY entry.sequence`;

const put = (decisions: Map<number, Map<number, Decided>>, { field, after, subjects }: Change): void => {
  const code = FIELDS[field];
  const values = decisions.get(code) ?? new Map<number, Decided>();
  decisions.set(code, values);
  for (const subject of subjects) {
    if (after === null) values.delete(subject);
    else values.set(subject, after);
  }
};

/** What the journal says is decided: every entry from the first one on, undone and redone as it was. */
export const replayJournal = (
  catalogue: Database,
): { readonly decisions: Decisions; readonly steps: number } => {
  const decisions = new Map<number, Map<number, Decided>>();
  let steps = 0;
  for (const [action, text] of catalogue.rows<Entry>(ENTRIES)) {
    const changes = decodeChanges(text);
    for (const change of action === 'undo' ? inverted(changes) : changes) put(decisions, change);
    steps += 1;
  }
  return { decisions, steps };
};

/** A subject of which the journal says another thing than the table of decisions. */
export type Difference = { readonly field: Field; readonly subject: number };

const FIELD_NAMES = Object.entries(FIELDS) as readonly (readonly [Field, number])[]; // the keys of a literal record

/** Where journal and decisions differ, and how many decisions there are. */
export const compareWithJournal = (
  catalogue: Database,
): { readonly differences: readonly Difference[]; readonly decisions: number; readonly steps: number } => {
  const { decisions: replayed, steps } = replayJournal(catalogue);
  const differences: Difference[] = [];
  let decisions = 0;
  for (const [field, code] of FIELD_NAMES) {
    const expected = new Map(replayed.get(code) ?? []);
    const rows = catalogue.rows<readonly [number, SqlValue]>(
      'SELECT subject, value FROM decisions WHERE field = ? ORDER BY subject',
      code,
    );
    for (const [subject, value] of rows) {
      decisions += 1;
      if (!isSameValue(expected.get(subject) ?? null, decidedValue(value)))
        differences.push({ field, subject });
      expected.delete(subject);
    }
    for (const subject of expected.keys()) differences.push({ field, subject });
  }
  return { differences, decisions, steps };
};
