import { decisionsOf } from '../edits/decisions.ts';
import { hardPairs } from '../edits/hard-pairs.ts';
import { decidedPairs, type FacePair } from '../edits/pairs.ts';
import { placeOf } from '../faces/columns.ts';
import type { Workspace } from '../workspace/open.ts';

/** The faces that stand for both pictures of a pair; null where one has none. */
export type FacesOfPair = FacePair | null;

/** What is known of a pair besides its list. */
export type KnownOfPair = {
  /** Whether both are one person; null where nobody said. */
  readonly isSame: boolean | null;
  readonly isHard: boolean;
};

const keyOf = ([a, b]: FacePair): string =>
  a < b ? `${String(a)} ${String(b)}` : `${String(b)} ${String(a)}`;

/**
 * What a person said of pairs of faces: of the pair itself, else of one of its faces by moving it to an identity. Labels that folders gave
 * say nothing here: the list is made of them.
 */
export const knownOfPairs = (
  { catalogue, faces: index }: Pick<Workspace, 'catalogue' | 'faces'>,
  pairs: readonly FacesOfPair[],
): readonly KnownOfPair[] => {
  const decided = new Map(decidedPairs(catalogue).map(({ pair, isSame }) => [keyOf(pair), isSame]));
  const hard = new Set(hardPairs(catalogue).map(keyOf));
  const moved = decisionsOf(catalogue, 'face.identity');
  const columns = index().columns();
  const identityOf = (face: number): number => columns.identities[placeOf(columns, face)] ?? 0;
  return pairs.map((pair): KnownOfPair => {
    if (pair === null) return { isSame: null, isHard: false };
    const key = keyOf(pair);
    const isHard = hard.has(key);
    const said = decided.get(key);
    if (said !== undefined) return { isSame: said, isHard };
    const [first, second] = pair.map(identityOf);
    const isOpen = !pair.some((face) => moved.has(face)) || first === 0 || second === 0;
    return { isSame: isOpen ? null : first === second, isHard };
  });
};
