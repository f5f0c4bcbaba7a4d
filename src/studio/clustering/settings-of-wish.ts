import type { ClusterParameters, ClusterWish } from '../../contract/clustering.ts';
import type { ModelManifest } from '../../contract/models.ts';
import { CLUSTER_DEFAULTS } from '../../core/clustering/defaults.ts';

/** What a model says of distances between its vectors; null of vectors whose model is not known. */
export type MeasuredModel = Pick<ModelManifest, 'clustering'> | null;

/** The distances that a model's clusters join by: its own, else facenet's, which are for vectors of length 1. */
export const distancesOf = (model: MeasuredModel): { readonly eps: number; readonly cosine: number } =>
  model?.clustering ?? {
    eps: CLUSTER_DEFAULTS.dbscan.eps,
    cosine: CLUSTER_DEFAULTS.chineseWhispers.threshold,
  };

/** What was asked for with the distances of the model where none were named. */
export const settingsOfWish = (wish: ClusterWish, model: MeasuredModel): ClusterParameters => {
  const { eps, cosine } = distancesOf(model);
  switch (wish.algorithm) {
    case 'dbscan':
      return { ...wish, eps: wish.eps ?? eps };
    case 'chinese-whispers':
      return { ...wish, threshold: wish.threshold ?? cosine };
    case 'hdbscan':
      return wish;
  }
};

/** How near a face must be to one of a cluster to join it without a run. */
export const radiusOf = (parameters: ClusterParameters, model: MeasuredModel): number =>
  parameters.algorithm === 'dbscan' ? parameters.eps : distancesOf(model).eps;
