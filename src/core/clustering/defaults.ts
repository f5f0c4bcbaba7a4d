/** What each algorithm does when nobody says otherwise; see docs/pipeline.md for the sources. */
export const CLUSTER_DEFAULTS = {
  /** facenet, contributed/cluster.py: `--cluster_threshold`, `--min_cluster_size`, which it hands to DBSCAN as the number of samples. */
  dbscan: { eps: 1, minSamples: 1 },
  /** facenet, contributed/clustering.py: `threshold=0.55, iterations=20`; the seed system draws no seed. */
  chineseWhispers: { threshold: 0.55, iterations: 20, seed: 0 },
  /** Two photos of one person are a cluster already. */
  hdbscan: { minClusterSize: 2 },
} as const;
