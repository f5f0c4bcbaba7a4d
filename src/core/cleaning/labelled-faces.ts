import type { NeighbourGraph, Vectors } from '../neighbours/graph.ts';

/** Faces with their vectors and the identity that each bears. */
export type LabelledFaces = {
  readonly vectors: Vectors;
  /** For each face its identity, from 0 to below `identityCount`; -1 for a face that belongs to nobody. */
  readonly identityOf: Int32Array;
  readonly identityCount: number;
};

/** Faces, who belongs together by name, and who lies near whom. Everything that cleaning looks at. */
export type Evidence = LabelledFaces & {
  readonly graph: NeighbourGraph;
  /** The faces of each identity, in ascending order. */
  readonly members: readonly Int32Array[];
};

/** The faces of each identity, in ascending order. */
export const membersOf = ({ identityOf, identityCount }: LabelledFaces): readonly Int32Array[] => {
  const sizes = new Int32Array(identityCount);
  for (const identity of identityOf) if (identity >= 0) sizes[identity] = (sizes[identity] ?? 0) + 1;
  const members = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(identityCount);
  identityOf.forEach((identity, face) => {
    const place = filled[identity];
    const list = members[identity];
    if (place === undefined || list === undefined) return;
    list[place] = face;
    filled[identity] = place + 1;
  });
  return members;
};

/** Log of how many other identities there are: so many times likelier than chance must be what is the nearest of them. */
export const logOfOthers = ({ members }: Pick<Evidence, 'members'>): number =>
  Math.log(Math.max(1, members.filter(({ length }) => length > 0).length - 1));
