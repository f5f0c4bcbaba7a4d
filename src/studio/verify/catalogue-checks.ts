import type { VerifyProblem } from '../../contract/workspace-care.ts';
import { findDamage } from '../catalogue/check.ts';
import type { Database } from '../catalogue/database.ts';
import { MAIN_FILE } from '../edits/derived.ts';
import { compareWithJournal } from '../edits/replay.ts';
import { FIELDS } from '../edits/fields.ts';
import { createFaceIndex } from '../faces/index.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import { countStatuses } from '../workspace/ledger.ts';
import { alignSettings } from '../workspace/properties.ts';
import type { LiveCounts } from './messages.ts';

const MOST_EXAMPLES = 5;
const MOST_FACES = 10_000;
const RESTORE = 'take back a backup with "facenet-studio restore <workspace> <backup>"';

/** A problem with its first few cases as examples; none when there are no cases. */
export const problemOf = (
  kind: VerifyProblem['kind'],
  cases: readonly string[],
  message: string,
  faces: readonly number[] = [],
): readonly VerifyProblem[] =>
  cases.length === 0
    ? []
    : [
        {
          kind,
          count: cases.length,
          message,
          examples: cases.slice(0, MOST_EXAMPLES),
          faces: faces.slice(0, MOST_FACES),
        },
      ];

/** Reads every page and index of the file. */
export const checkPages = (catalogue: Database): readonly VerifyProblem[] => {
  const damage = findDamage(catalogue, 'integrity_check');
  return problemOf(
    'damaged-catalogue',
    damage === null ? [] : [damage],
    `The catalogue is damaged: ${RESTORE}.`,
  );
};

type ReferenceRow = { readonly table: string; readonly rowid: number | null; readonly parent: string };

const checkReferences = (catalogue: Database): readonly VerifyProblem[] =>
  problemOf(
    'broken-reference',
    catalogue
      .all<ReferenceRow>('SELECT * FROM pragma_foreign_key_check')
      .map(({ table, rowid, parent }) => `row ${String(rowid)} of ${table} names none of ${parent}`),
    `Rows of the catalogue name others that are not there: ${RESTORE}.`,
  );

type IdRow = { readonly id: number };

const checkDerivations = (catalogue: Database): readonly VerifyProblem[] =>
  problemOf(
    'stale-derivation',
    catalogue
      .all<IdRow>(`SELECT id FROM photos WHERE main_file_id IS NOT (${MAIN_FILE}) ORDER BY id`)
      .map(({ id }) => `photo ${String(id)}`),
    `Photos stand under another file than the one that their files and decisions ask for: ${RESTORE}.`,
  );

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

const KEPT_FILES = `SELECT count(*) AS n FROM files
  JOIN decisions ON decisions.field = ${String(FIELDS['source.kept'])} AND decisions.subject = files.source_id`;

/** A sentence for two numbers that should be one. */
const unequal = (what: string, found: number, expected: number): readonly string[] =>
  found === expected ? [] : [`${what}: ${String(found)}, not ${String(expected)}`];

const checkTotals = (catalogue: Database, live: LiveCounts): readonly VerifyProblem[] => {
  const fresh = createFaceIndex(catalogue);
  const { statuses } = countStatuses(catalogue, fresh, workKeyOf(alignSettings(catalogue)));
  const files = catalogue.get<{ readonly n: number }>(KEPT_FILES)?.n ?? 0;
  const cases = [
    ...unequal('files by status', sum(Object.values(statuses)), files),
    ...unequal('faces by identity', live.byIdentity, sum(live.states.values())),
    ...[...fresh.counts().states].flatMap(([state, count]) =>
      unequal(`faces ${state}`, live.states.get(state) ?? 0, count),
    ),
  ];
  return problemOf('totals-differ', cases, 'Totals do not add up: close the workspace and open it again.');
};

/** What the catalogue says of itself beyond its pages. */
export type CatalogueFindings = {
  readonly problems: readonly VerifyProblem[];
  readonly steps: number;
  readonly decisions: number;
};

/**
 * Checks what a catalogue that is whole says of itself, within a transaction of the caller. `live` is what lists said of its faces at that moment.
 * A step at a time, so that it can be stopped between; gives its findings at the end.
 */
export function* checkContents(
  catalogue: Database,
  live: LiveCounts,
): Generator<void, CatalogueFindings, void> {
  const problems = [...checkReferences(catalogue)];
  yield;
  const { differences, steps, decisions } = compareWithJournal(catalogue);
  problems.push(
    ...problemOf(
      'journal-differs',
      differences.map(({ field, subject }) => `${field} of ${String(subject)}`),
      `What is decided is not what the history says: ${RESTORE}, or keep what is shown and mind that undo may refuse.`,
      differences.filter(({ field }) => field.startsWith('face.')).map(({ subject }) => subject),
    ),
  );
  yield;
  problems.push(...checkDerivations(catalogue));
  yield;
  problems.push(...checkTotals(catalogue, live));
  return { problems, steps, decisions };
}
