import type { ClusterAlgorithm, ClusterWish } from '../../contract/clustering.ts';
import type { ClusterState } from '../../contract/workspace-clusters.ts';
import { CLUSTER_DEFAULTS } from '../../core/clustering/defaults.ts';

/** What an algorithm is asked for where nobody says otherwise, with the distances of the model. */
export const proposedWish = (
  algorithm: ClusterAlgorithm,
  { eps, cosine }: ClusterState['proposed'],
): ClusterWish => {
  switch (algorithm) {
    case 'dbscan':
      return { algorithm, eps, minSamples: CLUSTER_DEFAULTS.dbscan.minSamples };
    case 'chinese-whispers': {
      const { iterations, seed } = CLUSTER_DEFAULTS.chineseWhispers;
      return { algorithm, threshold: cosine, iterations, seed };
    }
    case 'hdbscan': {
      const { minClusterSize } = CLUSTER_DEFAULTS.hdbscan;
      return { algorithm, minClusterSize, minSamples: minClusterSize };
    }
  }
};

/** What a person moves of an algorithm, with the range that is worth looking at. */
export type Slider = {
  readonly name: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  /** The same wish with another value. */
  readonly with: (value: number) => ClusterWish;
};

/** Sizes and samples beyond it leave hardly a group. */
const MOST_SAMPLES = 30;

/** The sliders of a wish. A distance goes from none to twice what the model proposes. */
export const slidersOf = (
  wish: ClusterWish,
  { eps, cosine }: ClusterState['proposed'],
): readonly Slider[] => {
  const whole = { most: MOST_SAMPLES, step: 1 };
  switch (wish.algorithm) {
    case 'dbscan': {
      const value = wish.eps ?? eps;
      const step = eps / 100;
      return [
        {
          name: 'Distance (eps)',
          value,
          least: step,
          most: Math.max(2 * eps, value),
          step,
          with: (moved) => ({ ...wish, eps: moved }),
        },
        {
          ...whole,
          name: 'Least samples',
          value: wish.minSamples,
          least: 1,
          with: (moved) => ({ ...wish, minSamples: moved }),
        },
      ];
    }
    case 'chinese-whispers':
      return [
        {
          name: 'Similarity (cosine)',
          value: wish.threshold ?? cosine,
          least: Math.min(0, wish.threshold ?? cosine),
          most: 1,
          step: 0.005,
          with: (moved) => ({ ...wish, threshold: moved }),
        },
      ];
    case 'hdbscan':
      return [
        {
          ...whole,
          name: 'Least faces of a group',
          value: wish.minClusterSize,
          least: 2,
          with: (moved) => ({ ...wish, minClusterSize: moved }),
        },
        {
          ...whole,
          name: 'Least samples',
          value: wish.minSamples,
          least: 1,
          with: (moved) => ({ ...wish, minSamples: moved }),
        },
      ];
  }
};

/** Most pairs that one step says something of. */
export const MOST_PAIRS = 100_000;

/**
 * Every pair of faces of two different parts: saying of them that they are two people parts a group.
 * null where they are more than one step takes.
 */
export const pairsAcross = (parts: readonly (readonly number[])[]): [number, number][] | null => {
  const sizes = parts.map((part) => part.length);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const across = (all * all - sizes.reduce((sum, size) => sum + size * size, 0)) / 2;
  if (across > MOST_PAIRS) return null;
  return parts.flatMap((part, place) =>
    parts
      .slice(place + 1)
      .flatMap((other) => part.flatMap((a) => other.map((b): [number, number] => [a, b]))),
  );
};
