import { numbered } from './clustering.ts';

/** How well clusters agree with true identities; each from 0 to 1. */
export type ClusterQuality = {
  /** Of all pairs of faces in one cluster the share that are one identity; 1 where there are no such pairs. */
  readonly pairwisePrecision: number;
  /** Of all pairs of faces of one identity the share that are in one cluster; 1 where there are no such pairs. */
  readonly pairwiseRecall: number;
  readonly pairwiseF: number;
  /** The mean over faces of the share of their cluster that is their identity (Bagga and Baldwin, 1998). */
  readonly bcubedPrecision: number;
  /** The mean over faces of the share of their identity that is in their cluster. */
  readonly bcubedRecall: number;
  readonly bcubedF: number;
  /** Normalised mutual information, by the arithmetic mean of both entropies as scikit-learn has it; 1 where both are a single group. */
  readonly nmi: number;
};

/** The same of the faces that bear a name: all others say nothing of it. */
export type NamedQuality = ClusterQuality & { readonly faces: number; readonly identities: number };

const harmonic = (a: number, b: number): number => (a + b === 0 ? 0 : (2 * a * b) / (a + b));
const pairsIn = (size: number): number => (size * (size - 1)) / 2;
const total = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};
const entropy = (sizes: Iterable<number>, count: number): number => {
  let sum = 0;
  for (const size of sizes) if (size > 0) sum -= (size / count) * Math.log(size / count);
  return sum;
};

/** Faces by cluster, by identity, and by both. */
type Counts = {
  readonly clusters: Float64Array;
  readonly identities: Float64Array;
  readonly cells: readonly { readonly cluster: number; readonly identity: number; readonly faces: number }[];
};

const countFaces = (clusters: ArrayLike<number>, identities: ArrayLike<number>): Counts => {
  const [one, other] = [numbered(clusters), numbered(identities)];
  const byCluster = new Float64Array(one.clusters);
  const byIdentity = new Float64Array(other.clusters);
  const cells = new Map<number, number>();
  one.labels.forEach((cluster, face) => {
    const identity = other.labels[face] ?? 0;
    byCluster[cluster] = (byCluster[cluster] ?? 0) + 1;
    byIdentity[identity] = (byIdentity[identity] ?? 0) + 1;
    const cell = cluster * other.clusters + identity;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  });
  return {
    clusters: byCluster,
    identities: byIdentity,
    cells: [...cells].map(([cell, faces]) => ({
      cluster: Math.floor(cell / other.clusters),
      identity: cell % other.clusters,
      faces,
    })),
  };
};

const mutualInformation = ({ clusters, identities, cells }: Counts, count: number): number =>
  total(
    cells.map(({ cluster, identity, faces }) => {
      const expected = ((clusters[cluster] ?? 0) * (identities[identity] ?? 0)) / count;
      return (faces / count) * Math.log(faces / expected);
    }),
  );

/**
 * Measures clusters against the true identities of the same faces.
 * @throws RangeError when they are not as many, or none
 */
export const measureClusters = (
  clusters: ArrayLike<number>,
  identities: ArrayLike<number>,
): ClusterQuality => {
  const count = clusters.length;
  if (count === 0 || identities.length !== count)
    throw new RangeError('Clusters are measured by one identity for each face.');
  const counts = countFaces(clusters, identities);
  const right = total(counts.cells.map(({ faces }) => pairsIn(faces)));
  const [inClusters, inIdentities] = [
    total(counts.clusters.map(pairsIn)),
    total(counts.identities.map(pairsIn)),
  ];
  const pairwisePrecision = inClusters === 0 ? 1 : right / inClusters;
  const pairwiseRecall = inIdentities === 0 ? 1 : right / inIdentities;
  const share = (sizes: Float64Array, of: 'cluster' | 'identity'): number =>
    total(counts.cells.map((cell) => cell.faces ** 2 / (sizes[cell[of]] ?? 1))) / count;
  const [bcubedPrecision, bcubedRecall] = [
    share(counts.clusters, 'cluster'),
    share(counts.identities, 'identity'),
  ];
  const mean = (entropy(counts.clusters, count) + entropy(counts.identities, count)) / 2;
  return {
    pairwisePrecision,
    pairwiseRecall,
    pairwiseF: harmonic(pairwisePrecision, pairwiseRecall),
    bcubedPrecision,
    bcubedRecall,
    bcubedF: harmonic(bcubedPrecision, bcubedRecall),
    nmi: mean === 0 ? 1 : mutualInformation(counts, count) / mean,
  };
};

/**
 * Measures clusters by the names that some of the faces bear. null where no face in a cluster bears one.
 * @param clusters [count] below 0 for a face in none
 * @param names [count] a number for each name; below 0 for a face without one
 */
export const measureNamed = (clusters: Int32Array, names: Int32Array): NamedQuality | null => {
  const isMeasured = (_: number, face: number): boolean =>
    (clusters[face] ?? -1) >= 0 && (names[face] ?? -1) >= 0;
  const named = names.filter(isMeasured);
  if (named.length === 0) return null;
  return {
    faces: named.length,
    identities: new Set(named).size,
    ...measureClusters(clusters.filter(isMeasured), named),
  };
};
