import type { Database } from '../catalogue/database.ts';
import { decodeChanges, encodeChanges, type Change } from './changes.ts';

/** A step of the history: one edit, however much it changed. */
export type Step = {
  readonly sequence: number;
  readonly atMs: number;
  /** Who made it: the system's name of the person. */
  readonly who: string;
  readonly kind: string;
  /** What it did, as a sentence. */
  readonly label: string;
  readonly isUndone: boolean;
};

/** An entry to append. */
export type NewEntry = {
  readonly atMs: number;
  readonly who: string;
  readonly action: 'edit' | 'undo' | 'redo';
  readonly kind: string;
  readonly label: string;
  readonly changes: readonly Change[];
  /** The step that is undone or redone. */
  readonly target: number | null;
};

type EntryRow = {
  readonly sequence: number;
  readonly at_ms: number;
  readonly who: string;
  readonly kind: string;
  readonly label: string;
  readonly undone_by: number | null;
};

const stepOf = (row: EntryRow): Step => ({
  sequence: row.sequence,
  atMs: row.at_ms,
  who: row.who,
  kind: row.kind,
  label: row.label,
  isUndone: row.undone_by !== null,
});

/** The sequence of the newest entry; 0 for an empty journal. */
export const lastSequence = (catalogue: Database): number =>
  catalogue.get<{ readonly last: number | null }>('SELECT max(sequence) AS last FROM journal')?.last ?? 0;

/** Appends an entry, within a transaction of the caller; gives its sequence. */
export const appendEntry = (catalogue: Database, entry: NewEntry): number => {
  const sequence = lastSequence(catalogue) + 1;
  catalogue.run(
    'INSERT INTO journal (sequence, at_ms, who, action, kind, label, changes, target) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    sequence,
    entry.atMs,
    entry.who,
    entry.action,
    entry.kind,
    entry.label,
    // What an undo or a redo changed stands in the step that it names.
    entry.action === 'edit' ? encodeChanges(entry.changes) : '[]',
    entry.target,
  );
  return sequence;
};

/** The step that undo takes back; null when there is none. */
export const stepToUndo = (catalogue: Database): Step | null => {
  const row = catalogue.get<EntryRow>(
    "SELECT * FROM journal WHERE action = 'edit' AND undone_by IS NULL ORDER BY sequence DESC LIMIT 1",
  );
  return row === null ? null : stepOf(row);
};

/** The step that redo does again: the one undone last, unless something was edited since. */
export const stepToRedo = (catalogue: Database): Step | null => {
  const row = catalogue.get<EntryRow>(
    `SELECT * FROM journal WHERE action = 'edit' AND undone_by > (SELECT max(sequence) FROM journal WHERE action = 'edit')
     ORDER BY undone_by DESC LIMIT 1`,
  );
  return row === null ? null : stepOf(row);
};

/** What a step changed. */
export const changesOfStep = (catalogue: Database, sequence: number): readonly Change[] => {
  const row = catalogue.get<{ readonly changes: string }>(
    "SELECT changes FROM journal WHERE sequence = ? AND action = 'edit'",
    sequence,
  );
  if (row === null) throw new Error(`The journal has no step ${String(sequence)}.`);
  return decodeChanges(row.changes);
};

/** Notes that a step was undone by an entry, or with null that it holds again. Within a transaction of the caller. */
export const markUndone = (catalogue: Database, sequence: number, by: number | null): void => {
  catalogue.run('UPDATE journal SET undone_by = ? WHERE sequence = ?', by, sequence);
};

/** What the entry of a number did, as a sentence: an undo or a redo tells so; null where there is none any more. */
export const readStepLabel = (catalogue: Database, sequence: number): string | null => {
  const row = catalogue.get<{ readonly action: string; readonly label: string }>(
    'SELECT action, label FROM journal WHERE sequence = ?',
    sequence,
  );
  if (row === null) return null;
  return row.action === 'edit' ? row.label : `${row.action === 'undo' ? 'Undone' : 'Redone'}: ${row.label}`;
};

/** The newest steps before `before`, newest first. */
export const readHistory = (
  catalogue: Database,
  page: { readonly before: number | null; readonly limit: number },
): readonly Step[] =>
  catalogue
    .all<EntryRow>(
      "SELECT * FROM journal WHERE action = 'edit' AND sequence < ? ORDER BY sequence DESC LIMIT ?",
      page.before ?? Number.MAX_SAFE_INTEGER,
      page.limit,
    )
    .map(stepOf);

/** What every entry after `sequence` changed: an undone or redone step counts again. */
export const changesSince = (catalogue: Database, sequence: number): readonly Change[] =>
  catalogue
    .all<{ readonly changes: string }>(
      `SELECT coalesce(step.changes, entry.changes) AS changes FROM journal AS entry
       LEFT JOIN journal AS step ON step.sequence = entry.target WHERE entry.sequence > ?`,
      sequence,
    )
    .flatMap(({ changes }) => decodeChanges(changes));
