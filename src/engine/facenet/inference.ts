import type { NamedTensor } from '../../node/codecs/safetensors.ts';
import { foldOutput, noBias, onRawPixels, type Affine } from '../network/fold.ts';
import type { Operations } from '../network/operations.ts';
import type { Layers } from './layers.ts';
import { BETA, BIASES, MOVING_MEAN, MOVING_VARIANCE, WEIGHTS } from './variables.ts';

/** Added to the variance under the root; facenet, `batch_norm_params`. */
export const BATCH_NORM_EPSILON = 0.001;

/** Weights of a trained network as inference uses them: of each scope one kernel and one bias. Each is made once, at its first use. */
export type FoldedWeights = {
  /** Batch norm with its moving statistics folded into the layer before it. */
  normalised(scope: string): Affine;
  /** The 1 × 1 convolution of a residual block, with the block's scale. */
  residual(scope: string, scale: number): Affine;
};

/**
 * @param raw the variables by the seed's names
 * @param first the layer that takes the pictures, and what is done to pixels 0..255 before it; null where the pictures come standardised
 * @throws at the first use of a layer that `raw` lacks
 */
export const foldWeights = (
  raw: ReadonlyMap<string, NamedTensor>,
  first: {
    readonly scope: string;
    readonly mean: readonly number[];
    readonly scale: number;
  } | null = null,
): FoldedWeights => {
  const stored = (name: string): NamedTensor => {
    const tensor = raw.get(name);
    if (tensor === undefined) throw new Error(`The weights of the network lack ${name}.`);
    return tensor;
  };
  const made = new Map<string, Affine>();
  const once = (key: string, make: () => Affine): Affine => {
    const known = made.get(key) ?? make();
    made.set(key, known);
    return known;
  };
  return {
    normalised: (scope) =>
      once(scope, () => {
        const kernel = stored(`${scope}/${WEIGHTS}`);
        const beta = stored(`${scope}/${BETA}`).values;
        const mean = stored(`${scope}/${MOVING_MEAN}`).values;
        const variance = stored(`${scope}/${MOVING_VARIANCE}`).values;
        const factor = (channel: number): number =>
          1 / Math.sqrt((variance[channel] ?? 0) + BATCH_NORM_EPSILON);
        const folded = foldOutput(
          { kernel, bias: noBias(kernel) },
          factor,
          (channel) => (beta[channel] ?? 0) - (mean[channel] ?? 0) * factor(channel),
        );
        return first?.scope === scope ? onRawPixels(folded, first) : folded;
      }),
    residual: (scope, scale) =>
      once(scope, () =>
        foldOutput(
          { kernel: stored(`${scope}/${WEIGHTS}`), bias: stored(`${scope}/${BIASES}`) },
          () => scale,
          () => 0,
        ),
      ),
  };
};

/** The layers of a trained network, for inference. */
export const inferenceLayers = <Tensor>(ops: Operations<Tensor>, weights: FoldedWeights): Layers<Tensor> => ({
  convolution(x, scope, { stride = 1, padding = 'SAME' }) {
    const { kernel, bias } = weights.normalised(scope);
    return ops.relu(ops.convolution(x, kernel, bias, { stride, padding }));
  },
  residual(x, branches, scope, { scale, isActivated }) {
    const { kernel, bias } = weights.residual(scope, scale);
    const sum = ops.add(ops.convolution(branches, kernel, bias), x);
    return isActivated ? ops.relu(sum) : sum;
  },
  concatenate: (images) => ops.concatenate(images),
  maxPool: (x, options) => ops.maxPool(x, options),
  meanOverPicture: (x) => ops.meanOverPicture(x),
  dropout: (x) => x,
  bottleneck(x, scope) {
    const { kernel, bias } = weights.normalised(scope);
    return ops.dense(x, kernel, bias);
  },
});
