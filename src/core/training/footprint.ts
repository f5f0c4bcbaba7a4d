/** What of a training decides how much memory and disk it takes. */
export type FootprintOptions = {
  readonly network: 'inception-resnet-v1' | 'tiny';
  readonly embeddingSize: number;
  /** Of a softmax training; 0 for triplets. */
  readonly classes: number;
  readonly optimiser: 'ADAGRAD' | 'ADADELTA' | 'ADAM' | 'RMSPROP' | 'MOM';
  readonly hasMovingAverage: boolean;
  readonly batchSize: number;
  readonly imageSizePx: number;
};

const BYTES_PER_NUMBER = 4;

/** What an optimiser keeps of each weight. */
const SLOTS = { ADAGRAD: 1, ADADELTA: 2, ADAM: 2, RMSPROP: 2, MOM: 1 } as const;

/**
 * Weights below the embedding; what an image of 160 x 160 keeps for the way back, and what TensorFlow and the trainer take whatever is trained: the
 * largest resident sizes of three steps with batches of 8, 16 and 32 on a CPU were 1.48, 1.69 and 2.13 GB (decision 0017).
 */
const NETWORKS = {
  'inception-resnet-v1': { weights: 22_578_384, lastUnits: 1792, imageBytes: 27.7e6, baseBytes: 620e6 },
  tiny: { weights: 1_100, lastUnits: 8, imageBytes: 3.6e6, baseBytes: 170e6 },
} as const;

const MEASURED_SIDE_PX = 160;

/** Bytes of a checkpoint, and of memory at the largest moment of a step. */
export const footprintOf = (
  options: FootprintOptions,
): { readonly checkpointBytes: number; readonly memoryBytes: number } => {
  const { embeddingSize, classes, optimiser, hasMovingAverage, batchSize, imageSizePx } = options;
  const { weights, lastUnits, imageBytes, baseBytes } = NETWORKS[options.network];
  const trained = weights + lastUnits * embeddingSize + classes * (embeddingSize + 1);
  const copies = 1 + SLOTS[optimiser] + (hasMovingAverage ? 1 : 0);
  const checkpointBytes = BYTES_PER_NUMBER * (trained * copies + classes * embeddingSize);
  const share = (imageSizePx / MEASURED_SIDE_PX) ** 2;
  return {
    checkpointBytes,
    // The state, once more as gradients, and what images keep.
    memoryBytes: baseBytes + checkpointBytes + BYTES_PER_NUMBER * trained + batchSize * imageBytes * share,
  };
};
