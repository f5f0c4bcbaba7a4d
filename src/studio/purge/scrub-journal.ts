import type { Database } from '../catalogue/database.ts';
import { decodeChanges, encodeChanges, type Change } from '../edits/changes.ts';
import { NOBODY, type Decided, type Field } from '../edits/fields.ts';
import type { Person } from './person.ts';

/** A step that says something of the person: what remains of it. */
type Scrubbed = { readonly sequence: number; readonly changes: string; readonly label: string };

export type JournalPlan = {
  readonly scrubbed: readonly Scrubbed[];
  /** Steps of which nothing remains. */
  readonly gone: readonly number[];
};

/** The ids that a field's subjects are looked up in; null for a field that says nothing of people. */
const goneSubjects = (field: Field, person: Person): ReadonlySet<number> | null => {
  switch (field) {
    case 'face.state':
    case 'face.identity':
    case 'face.presence':
    case 'face.geometry':
      return person.faces;
    case 'photo.chosen':
      return person.photos;
    case 'file.excluded':
      return person.files;
    case 'identity.name':
    case 'identity.merged':
      return person.identities;
    case 'pair.same':
    case 'pair.hard':
      return person.pairs;
    case 'source.kept':
    case 'source.arrival':
    // What a run found is scrubbed itself.
    case 'workspace.clustering':
      return null;
  }
};

/**
 * A value without the person. Faces that are somebody else's now, and were the person's once, were nobody's then. Each value becomes the same
 * wherever it stands, so that undo finds what it expects.
 */
export const valueWithout = (field: Field, value: Decided, person: Person): Decided => {
  switch (field) {
    case 'face.identity':
      return typeof value === 'number' && person.identities.has(value) ? NOBODY : value;
    case 'identity.merged':
      return typeof value === 'number' && person.identities.has(value) ? null : value;
    case 'identity.name':
      return typeof value === 'string' && person.names.has(value) ? null : value;
    default:
      return value;
  }
};

const changesWithout = (changes: readonly Change[], person: Person): readonly Change[] =>
  changes.flatMap((change): Change[] => {
    const { field } = change;
    const gone = goneSubjects(field, person);
    const subjects =
      gone === null ? change.subjects : change.subjects.filter((subject) => !gone.has(subject));
    const before = valueWithout(field, change.before, person);
    const after = valueWithout(field, change.after, person);
    return subjects.length === 0 || before === after ? [] : [{ field, before, after, subjects }];
  });

/** Sentences of the history without names. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['mark', 'Marked faces.'],
  ['move', 'Moved faces.'],
  ['split', 'Split faces off.'],
  ['rename', 'Renamed an identity.'],
  ['merge', 'Merged identities.'],
  ['apply-decisions', 'Applied decisions of a list.'],
  ['decide-pairs', 'Said of pairs of faces who is one person.'],
  ['mark-pairs', 'Marked pairs of faces.'],
]);

type StepRow = {
  readonly sequence: number;
  readonly kind: string;
  readonly label: string;
  readonly changes: string;
};

/** What remains of each step that says something of the person. */
export const planJournal = (catalogue: Database, person: Person): JournalPlan => {
  const scrubbed: Scrubbed[] = [];
  const gone: number[] = [];
  const names = [...person.names];
  const steps = catalogue.all<StepRow>(
    "SELECT sequence, kind, label, changes FROM journal WHERE action = 'edit' ORDER BY sequence",
  );
  for (const { sequence, kind, label, changes: text } of steps) {
    const changes = encodeChanges(changesWithout(decodeChanges(text), person));
    const isTouched = changes !== text || names.some((name) => label.includes(name));
    if (!isTouched) continue;
    if (changes === '[]') gone.push(sequence);
    else
      scrubbed.push({
        sequence,
        changes,
        label: LABELS.get(kind) ?? 'A step of which a part was removed for good.',
      });
  }
  return { scrubbed, gone };
};

/** Rewrites the history, within a transaction of the caller. */
export const scrubJournal = (catalogue: Database, { scrubbed, gone }: JournalPlan): void => {
  for (const { sequence, changes, label } of scrubbed) {
    catalogue.run('UPDATE journal SET changes = ? WHERE sequence = ?', changes, sequence);
    catalogue.run('UPDATE journal SET label = ?2 WHERE sequence = ?1 OR target = ?1', sequence, label);
  }
  for (const sequence of gone) {
    catalogue.run('UPDATE journal SET undone_by = NULL WHERE sequence = ?', sequence);
    catalogue.run('DELETE FROM journal WHERE target = ?', sequence);
    catalogue.run('DELETE FROM journal WHERE sequence = ?', sequence);
  }
};
