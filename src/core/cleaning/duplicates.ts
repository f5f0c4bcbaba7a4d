import type { Evidence } from './labelled-faces.ts';
import type { SamePersonModel } from './same-person.ts';

/** `exact`: of the same bytes; `same-face`: so near that they are rather one picture cropped twice than two pictures of one person. */
export type DuplicateKind = 'exact' | 'same-face';

/** Where the two of a pair stand: across identities a duplicate says that one label is wrong. */
export type DuplicatePlace = 'across-identities' | 'across-sources' | 'within-identity';

export type Duplicate = {
  readonly kind: DuplicateKind;
  readonly place: DuplicatePlace;
  readonly faces: readonly [number, number];
  /** In the unit of the vectors. */
  readonly distance: number;
  /** For a pair across identities the larger identity; null when neither is, or within one. */
  readonly proposed: { readonly face: number; readonly identity: number } | null;
};

export type DuplicateFacts = {
  /** For each face what the bytes of its photo hash to, and its place in the photo; null where nothing is known. */
  readonly contentOf: readonly (string | null)[];
  /** For each face the source that it came from; null where all are of one. */
  readonly sourceOf?: Int32Array | null;
  /** 1 for each face that takes part; null where all do. */
  readonly takesPart?: Uint8Array | null;
};

/** Of a thousand pairs of pictures of one person one is as near as this many standard deviations below the mean. */
const DEVIATIONS_BELOW = 3.09;

/** The distance below which two faces are rather one picture; 0 when one person's pictures are that near themselves. */
export const samePictureDistance = ({ same }: SamePersonModel): number =>
  Math.max(0, same.mean - DEVIATIONS_BELOW * same.deviation);

const PLACES: readonly DuplicatePlace[] = ['across-identities', 'across-sources', 'within-identity'];

/**
 * Ranks pairs of faces that show one picture, each face of a group of equals once, against the first of its group: those across identities first,
 * then those across sources; equal bytes before nearness; nearest first. Near faces are looked for among neighbours.
 */
export const rankDuplicates = (
  { graph, identityOf, members }: Evidence,
  { contentOf, sourceOf = null, takesPart = null }: DuplicateFacts,
  model: SamePersonModel | null,
): readonly Duplicate[] => {
  const found = new Map<string, Duplicate>();
  const enter = (kind: DuplicateKind, a: number, b: number, distance: number): void => {
    const faces = a < b ? ([a, b] as const) : ([b, a] as const);
    const key = `${String(faces[0])} ${String(faces[1])}`;
    if (found.has(key)) return;
    const [first, second] = faces.map((face) => identityOf[face] ?? -1);
    if (first === undefined || second === undefined) return;
    const [firstSize, secondSize] = [first, second].map((identity) => members[identity]?.length ?? 0);
    const isAcross = first !== second;
    const proposed =
      !isAcross || firstSize === undefined || secondSize === undefined || firstSize === secondSize
        ? null
        : firstSize < secondSize
          ? { face: faces[0], identity: second }
          : { face: faces[1], identity: first };
    const place = isAcross
      ? 'across-identities'
      : sourceOf !== null && sourceOf[a] !== sourceOf[b]
        ? 'across-sources'
        : 'within-identity';
    found.set(key, { kind, place, faces, distance, proposed });
  };
  const isLeftOut = (face: number): boolean => takesPart?.[face] === 0;
  const firstOf = new Map<string, number>();
  contentOf.forEach((content, face) => {
    if (content === null || isLeftOut(face)) return;
    const first = firstOf.get(content);
    if (first === undefined) firstOf.set(content, face);
    else enter('exact', first, face, 0);
  });
  const near = model === null ? 0 : samePictureDistance(model);
  for (let face = 0; face < graph.count; face += 1) {
    if (isLeftOut(face)) continue;
    for (let at = face * graph.k; at < (face + 1) * graph.k; at += 1) {
      const distance = graph.distances[at] ?? 0;
      if (distance >= near) break;
      const other = graph.indices[at] ?? 0;
      if (isLeftOut(other)) continue;
      const [a, b] = [contentOf[face] ?? null, contentOf[other] ?? null];
      // Equal bytes were entered above, against the first.
      if (a === null || a !== b) enter('same-face', face, other, distance);
    }
  }
  return [...found.values()].sort(
    (a, b) =>
      PLACES.indexOf(a.place) - PLACES.indexOf(b.place) ||
      Number(a.kind === 'same-face') - Number(b.kind === 'same-face') ||
      a.distance - b.distance,
  );
};
