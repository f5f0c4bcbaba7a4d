import type { EditCommand } from '../../contract/workspace-edits.ts';
import type { Database } from '../catalogue/database.ts';
import { unusable } from '../failure.ts';
import { groupChanges, type Change } from './changes.ts';
import { decisionsOf } from './decisions.ts';
import { FIELDS } from './fields.ts';
import { pairId, type FacePair } from './pairs.ts';

type Context = { readonly catalogue: Database; readonly newPair: (pair: FacePair) => number };

/** What is decided, the faces that it concerns, ascending, and what the history says of it. */
export type HardPairsDraft = {
  readonly changes: readonly Change[];
  readonly faces: readonly number[];
  readonly label: () => string;
};

const ordered = ([a, b]: FacePair): FacePair => (a < b ? [a, b] : [b, a]);

/** Works out which pairs are marked as hard, or not any more. @throws UNUSABLE for a pair of one face */
export const planHardPairs = (
  { catalogue, newPair }: Context,
  { pairs, isHard }: Extract<EditCommand, { readonly kind: 'mark-pairs' }>,
): HardPairsDraft => {
  const hard = decisionsOf(catalogue, 'pair.hard');
  const changed = [...new Map(pairs.map(ordered).map((pair) => [pair.join(' '), pair])).values()].filter(
    (pair) => {
      if (pair[0] === pair[1]) throw unusable(`Face ${String(pair[0])} is one face: a pair is of two.`);
      return hard.has(pairId(catalogue, pair) ?? 0) !== isHard;
    },
  );
  const [before, after] = isHard ? [null, 1] : [1, null];
  const count = `${changed.length.toLocaleString('en-US')} ${changed.length === 1 ? 'pair of faces' : 'pairs of faces'}`;
  return {
    changes: groupChanges(
      changed.map((pair) => ({
        field: 'pair.hard',
        subject: pairId(catalogue, pair) ?? newPair(pair),
        before,
        after,
      })),
    ),
    faces: [...new Set(changed.flat())].sort((a, b) => a - b),
    label: () => (isHard ? `Marked ${count} as hard.` : `Took the mark of hard from ${count}.`),
  };
};

const HARD = `SELECT face_a, face_b FROM decisions JOIN face_pairs ON face_pairs.id = decisions.subject
  WHERE field = ? ORDER BY face_pairs.id`;

/** Pairs that are marked as hard, in the order in which they were first named. */
export const hardPairs = (catalogue: Database): readonly FacePair[] =>
  catalogue
    .all<{ readonly face_a: number; readonly face_b: number }>(HARD, FIELDS['pair.hard'])
    .map(({ face_a: a, face_b: b }): FacePair => [a, b]);
