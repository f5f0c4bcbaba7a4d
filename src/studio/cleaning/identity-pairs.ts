import type { IdentityPair } from '../../contract/workspace-questions.ts';
import { FACE_STATES } from '../edits/fields.ts';
import { decidedPairs } from '../edits/pairs.ts';
import { KEPT_STATES } from '../embeddings/kept-faces.ts';
import { FLAG, placeOf, type FaceColumns } from '../faces/columns.ts';
import type { Workspace } from '../workspace/open.ts';
import type { RankedIdentityPair } from './rank-identity-pairs.ts';

/** Pairs of identities as they were ranked, by ids; how many faces each has is counted when they are listed. */
export type FoundIdentityPair = Omit<IdentityPair, 'sides'> & {
  readonly sides: readonly [FoundSide, FoundSide];
};
type FoundSide = { readonly identity: number; readonly faces: readonly number[] };

type Numbers = { readonly identityOf: (number: number) => number; readonly idOf: (face: number) => number };

/** Ids for the numbers and places of a ranking. */
export const foundPair = (
  { sides: [one, other], closest, ...pair }: RankedIdentityPair,
  { identityOf, idOf }: Numbers,
): FoundIdentityPair => {
  const sideOf = ({ identity, faces }: FoundSide): FoundSide => ({
    identity: identityOf(identity),
    faces: faces.map(idOf),
  });
  return {
    ...pair,
    sides: [sideOf(one), sideOf(other)],
    closest: closest.map(({ faces: [x, y], distance }) => ({ faces: [idOf(x), idOf(y)], distance })),
  };
};

const KEPT = new Set(KEPT_STATES.map((state) => FACE_STATES.indexOf(state)));

const isKept = ({ flags, states }: FaceColumns, place: number): boolean =>
  ((flags[place] ?? 0) & FLAG.shown) !== 0 && KEPT.has(states[place] ?? -1);

/** How many kept faces each identity has. */
const countFaces = (columns: FaceColumns): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  for (let place = 0; place < columns.count; place += 1) {
    const identity = columns.identities[place] ?? 0;
    if (identity !== 0 && isKept(columns, place)) counts.set(identity, (counts.get(identity) ?? 0) + 1);
  }
  return counts;
};

const keyOf = (a: number, b: number): string => `${String(Math.min(a, b))} ${String(Math.max(a, b))}`;

/** Identities of which somebody said that a face of one and a face of the other are two people. */
const pairsApart = ({ catalogue }: Pick<Workspace, 'catalogue'>, columns: FaceColumns): Set<string> => {
  const identityOf = (face: number): number => columns.identities[placeOf(columns, face)] ?? 0;
  return new Set(
    decidedPairs(catalogue).flatMap(({ pair: [a, b], isSame }) =>
      isSame ? [] : [keyOf(identityOf(a), identityOf(b))],
    ),
  );
};

/**
 * Pairs that nobody decided since: of two identities still, with faces that are kept, of which nobody said that they are two people. Identities that
 * were merged since are told by what they are now.
 */
export const openPairs = (
  { catalogue, faces }: Pick<Workspace, 'catalogue' | 'faces'>,
  pairs: readonly FoundIdentityPair[],
): readonly IdentityPair[] => {
  const columns = faces().columns();
  const people = faces().people();
  const counts = countFaces(columns);
  const closed = pairsApart({ catalogue }, columns);
  const isOf = (face: number, identity: number): boolean => {
    const place = placeOf(columns, face);
    return place >= 0 && columns.identities[place] === identity && isKept(columns, place);
  };
  const sideOf = (side: FoundSide): IdentityPair['sides'][number] => {
    const identity = people.canonical(side.identity);
    return {
      identity,
      total: counts.get(identity) ?? 0,
      faces: side.faces.filter((face) => isOf(face, identity)),
    };
  };
  return pairs.flatMap((pair): IdentityPair[] => {
    const [a, b] = [sideOf(pair.sides[0]), sideOf(pair.sides[1])];
    const key = keyOf(a.identity, b.identity);
    if (a.identity === b.identity || a.faces.length === 0 || b.faces.length === 0 || closed.has(key))
      return [];
    closed.add(key);
    const isSwapped = b.total > a.total;
    const closest = pair.closest
      .filter(({ faces: [x, y] }) => isOf(x, a.identity) && isOf(y, b.identity))
      .map(({ faces: [x, y], distance }) => ({
        faces: isSwapped ? ([y, x] satisfies [number, number]) : ([x, y] satisfies [number, number]),
        distance,
      }));
    return [{ ...pair, sides: isSwapped ? [b, a] : [a, b], closest }];
  });
};
