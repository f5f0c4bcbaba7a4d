import type { Database } from '../catalogue/database.ts';

/** Clusters as the catalogue keeps them: found by a program, and found again at any time. */
export type KeptClusters = {
  /** Ascending. */
  readonly faces: Uint32Array;
  readonly labels: Int32Array;
};

/** The clusters that were found last. */
export const readClusters = (catalogue: Database): KeptClusters => {
  const faces: number[] = [];
  const labels: number[] = [];
  for (const [face, cluster] of catalogue.rows<readonly [number, number]>(
    'SELECT face_id, cluster FROM face_clusters ORDER BY face_id',
  )) {
    faces.push(face);
    labels.push(cluster);
  }
  return { faces: Uint32Array.from(faces), labels: Int32Array.from(labels) };
};

/** Keeps clusters in the place of those before, in one transaction. */
export const keepClusters = (catalogue: Database, { faces, labels }: KeptClusters): void => {
  catalogue.transaction(() => {
    catalogue.run('DELETE FROM face_clusters');
    faces.forEach((face, place) => {
      catalogue.run('INSERT INTO face_clusters (face_id, cluster) VALUES (?, ?)', face, labels[place] ?? 0);
    });
  });
};
