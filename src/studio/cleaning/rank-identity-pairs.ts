import { rankDuplicateIdentities } from '../../core/cleaning/duplicate-identities.ts';
import type { Evidence } from '../../core/cleaning/labelled-faces.ts';
import { createRandom } from '../../core/cleaning/random.ts';
import { logRatio, type SamePersonModel } from '../../core/cleaning/same-person.ts';
import { typicalFaces } from '../../core/cleaning/typical-faces.ts';

/** Two identities that may be one person, by numbers, the larger one first; faces by their places. */
export type RankedIdentityPair = {
  readonly distance: number;
  readonly score: number;
  readonly isSure: boolean;
  readonly sides: readonly [RankedSide, RankedSide];
  /** The nearest faces, in the order of the sides. */
  readonly closest: readonly { readonly faces: readonly [number, number]; readonly distance: number }[];
};
type RankedSide = { readonly identity: number; readonly faces: readonly number[] };

/** Pairs that are asked about after one ranking. */
const MOST_PAIRS = 500;
/** Faces that are shown of each identity. */
const MOST_FACES = 12;
const SEED = 1;

/** Ranks the pairs of identities that are likelier one person than two, the nearest beside those around them first. */
export const rankIdentityPairs = (
  evidence: Evidence,
  model: SamePersonModel,
): readonly RankedIdentityPair[] => {
  const random = createRandom(SEED);
  const membersOf = (identity: number): Int32Array => evidence.members[identity] ?? new Int32Array(0);
  const sideOf = (identity: number): RankedSide => ({
    identity,
    faces: typicalFaces(evidence.vectors, membersOf(identity), { most: MOST_FACES, random }),
  });
  return rankDuplicateIdentities(evidence, model)
    .filter(({ distance }) => logRatio(model, distance) > 0)
    .slice(0, MOST_PAIRS)
    .map(({ identities: [a, b], distance, score, looksLikeOne, evidence: closest }) => {
      const isSwapped = membersOf(b).length > membersOf(a).length;
      const [larger, smaller] = isSwapped ? [b, a] : [a, b];
      return {
        distance,
        score,
        isSure: looksLikeOne,
        sides: [sideOf(larger), sideOf(smaller)],
        closest: closest.map(({ faces: [x, y], distance: between }) => ({
          faces: isSwapped ? [y, x] : [x, y],
          distance: between,
        })),
      };
    });
};
