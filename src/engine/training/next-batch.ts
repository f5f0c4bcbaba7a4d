import type { TrainingImage } from '../../contract/trainer.ts';
import type { Position } from './checkpoint.ts';

/** What a step trains on, and where that leaves the data. */
export type NextBatch = {
  readonly images: readonly TrainingImage[];
  readonly position: Pick<Position, 'images' | 'round' | 'triplets'>;
};
