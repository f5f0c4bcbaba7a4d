import type { NeighbourGraph, Vectors } from '../neighbours/graph.ts';
import { chineseWhispers, similarityEdges, type ChineseWhispersSettings } from './chinese-whispers.ts';
import type { Clustering } from './clustering.ts';
import type { Constraints } from './constraints.ts';
import { dbscan, neighboursForDbscan, type DbscanSettings } from './dbscan.ts';
import type { ForeignSearch } from './foreign.ts';
import { hdbscan, type HdbscanSettings } from './hdbscan/hdbscan.ts';
import { settle, type Settled } from './settle.ts';

/** An algorithm with its settings. */
export type ClusterSettings =
  | ({ readonly algorithm: 'dbscan' } & DbscanSettings)
  | ({ readonly algorithm: 'chinese-whispers' } & ChineseWhispersSettings)
  | ({ readonly algorithm: 'hdbscan' } & Omit<HdbscanSettings, 'searchBudget'>);

/** Neighbours that a graph must have for an algorithm, where there are so many faces. */
export const neighboursFor = (settings: ClusterSettings): number =>
  settings.algorithm === 'chinese-whispers' ? 1 : neighboursForDbscan(settings);

/** The length of each vector. */
export const lengthsOf = ({ count, dimensions, values }: Vectors): Float32Array =>
  Float32Array.from({ length: count }, (_, row) => {
    let sum = 0;
    for (let at = row * dimensions; at < (row + 1) * dimensions; at += 1) sum += (values[at] ?? 0) ** 2;
    return Math.sqrt(sum);
  });

/** What clusters are made of. */
export type Faces = {
  readonly graph: NeighbourGraph;
  /** [count] of the vectors; see `lengthsOf`. */
  readonly lengths: Float32Array;
  readonly search: ForeignSearch;
};

/** Clusters faces by one of the algorithms, knowing nothing but their vectors. @throws RangeError for a graph of too few neighbours */
export const findClusters = (
  { graph, lengths, search }: Faces,
  settings: ClusterSettings,
): Promise<Clustering> => {
  switch (settings.algorithm) {
    case 'dbscan':
      return dbscan(graph, settings, search);
    case 'chinese-whispers':
      return Promise.resolve(chineseWhispers(similarityEdges(graph, lengths, settings.threshold), settings));
    case 'hdbscan':
      // As many searches as there are faces take about as long as the graph itself.
      return hdbscan(graph, { ...settings, searchBudget: graph.count }, search);
  }
};

/** Clusters faces, and makes the clusters obey what is known of them. @throws as `findClusters` does */
export const clusterFaces = async (
  faces: Faces,
  settings: ClusterSettings,
  constraints: Constraints,
): Promise<Settled> => settle(await findClusters(faces, settings), faces.graph, constraints);
