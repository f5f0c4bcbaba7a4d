import { joinArrivals, type Arrivals } from '../../core/clustering/arrivals.ts';
import { clusterFaces, type ClusterSettings, type Faces } from '../../core/clustering/cluster-faces.ts';
import type { ConstraintConflict } from '../../core/clustering/constraints.ts';
import type { Database } from '../catalogue/database.ts';
import type { FaceIndex } from '../faces/index.ts';
import { keepClusters, readClusters, type KeptClusters } from './kept-clusters.ts';
import { knownOfFaces } from './known-of-faces.ts';

/** A rule that was set aside because another one says the opposite, by ids of faces. */
export type Contradiction = Omit<ConstraintConflict, 'faces' | 'pairs'> & {
  readonly faces: readonly [number, number];
  readonly pairs: readonly (readonly [number, number])[];
};

export type WorkspaceClusters = KeptClusters & {
  readonly clusters: number;
  readonly contradictions: readonly Contradiction[];
};

type Place = { readonly catalogue: Database; readonly faces: FaceIndex };

const contradictionsOf = (
  conflicts: readonly ConstraintConflict[],
  ids: Uint32Array,
): readonly Contradiction[] => {
  const named = ([a, b]: readonly [number, number]) => [ids[a] ?? 0, ids[b] ?? 0] as const;
  return conflicts.map(({ faces, pairs, ...rest }) => ({
    ...rest,
    faces: named(faces),
    pairs: pairs.map(named),
  }));
};

/**
 * Clusters faces of a workspace under everything that was decided of them, and keeps what was found.
 * @param ids the faces that the vectors are of, ascending; `facesToCluster` has them
 */
export const clusterWorkspace = async (
  { catalogue, faces }: Place,
  ids: Uint32Array,
  vectors: Faces,
  settings: ClusterSettings,
): Promise<WorkspaceClusters> => {
  const found = await clusterFaces(vectors, settings, knownOfFaces(catalogue, faces, ids));
  const kept = { faces: ids, labels: found.labels };
  keepClusters(catalogue, kept);
  return { ...kept, clusters: found.clusters, contradictions: contradictionsOf(found.conflicts, ids) };
};

/**
 * Gives faces that came since the last clustering a cluster of those that there are, or one of their own; see `joinArrivals`.
 * @param ids first the faces of the last clustering that are still there, then the new ones
 * @param radius as far as a face is from its nearest in a cluster, in the unit of the vectors
 */
export const clusterArrivals = (
  { catalogue, faces }: Place,
  ids: Uint32Array,
  arrivals: Arrivals,
  radius: number,
): WorkspaceClusters => {
  const before = readClusters(catalogue);
  const labelOf = new Map<number, number>();
  before.faces.forEach((face, place) => labelOf.set(face, before.labels[place] ?? 0));
  const labels = Int32Array.from(ids.subarray(0, arrivals.first), (face) => labelOf.get(face) ?? 0);
  const found = joinArrivals(labels, arrivals, radius, knownOfFaces(catalogue, faces, ids));
  const kept = { faces: ids, labels: found.labels };
  keepClusters(catalogue, kept);
  return { ...kept, clusters: found.clusters, contradictions: contradictionsOf(found.conflicts, ids) };
};
