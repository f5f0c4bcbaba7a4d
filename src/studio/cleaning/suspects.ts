import type { FileProblem } from '../../contract/embedding.ts';
import type { Suspect } from '../../contract/workspace-suspects.ts';
import { FACE_STATES } from '../edits/fields.ts';
import { FLAG, placeOf } from '../faces/columns.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Workspace } from '../workspace/open.ts';
import { facesAtHand, type WorkspaceToClean } from './faces-at-hand.ts';
import { foundPair, type FoundIdentityPair } from './identity-pairs.ts';

/** What was doubted about the labels of a workspace when it was ranked, most suspicious first. */
export type Ranking = {
  readonly faces: number;
  readonly failed: readonly FileProblem[];
  readonly suspects: readonly Suspect[];
  readonly identityPairs: readonly FoundIdentityPair[];
};

/** The last ranking of each open workspace. */
export type Rankings = {
  /** null before the first one. */
  of(workspace: Workspace): Ranking | null;
  keep(workspace: Workspace, ranking: Ranking): void;
};

/** Nothing is ranked. */
export const createRankings = (): Rankings => {
  const rankings = new WeakMap<Workspace, Ranking>();
  return {
    of: (workspace) => rankings.get(workspace) ?? null,
    keep(workspace, ranking) {
      rankings.set(workspace, ranking);
    },
  };
};

/** Ranks the faces of a workspace; vectors that are missing are made. @throws a failure, or the signal's reason */
export const rankQuestions = async (of: WorkspaceToClean, hooks: WorkHooks): Promise<Ranking> => {
  const { labels, identities, ids, failed } = await facesAtHand(of, hooks);
  const ranked = await of.desk.ask('questions', labels, hooks);
  const identityOf = (number: number): number => identities[number] ?? 0;
  const idOf = (face: number): number => ids[face] ?? 0;
  return {
    faces: labels.identityOf.reduce((count, identity) => count + (identity < 0 ? 0 : 1), 0),
    failed,
    suspects: ranked.suspects.map(({ face, identity, other, ...suspect }) => ({
      ...suspect,
      face: idOf(face),
      identity: identityOf(identity),
      other: other === null ? null : { ...other, identity: identityOf(other.identity) },
    })),
    identityPairs: ranked.identityPairs.map((pair) => foundPair(pair, { identityOf, idOf })),
  };
};

const UNREVIEWED = FACE_STATES.indexOf('unreviewed');

/**
 * Suspects that nobody decided since: unreviewed faces that are shown and bear the identity that is doubted. Identities that were merged since are
 * told by what they are now; who was doubted between two that are one now is no suspect any more.
 */
export const openSuspects = (
  { faces }: Pick<Workspace, 'faces'>,
  { suspects }: Pick<Ranking, 'suspects'>,
): readonly Suspect[] => {
  const columns = faces().columns();
  const people = faces().people();
  return suspects.flatMap((suspect): Suspect[] => {
    const place = placeOf(columns, suspect.face);
    if (place < 0 || columns.states[place] !== UNREVIEWED) return [];
    if (((columns.flags[place] ?? 0) & FLAG.shown) === 0) return [];
    const identity = people.canonical(suspect.identity);
    if (columns.identities[place] !== identity) return [];
    const other =
      suspect.other === null
        ? null
        : { ...suspect.other, identity: people.canonical(suspect.other.identity) };
    return other?.identity === identity ? [] : [{ ...suspect, identity, other }];
  });
};
