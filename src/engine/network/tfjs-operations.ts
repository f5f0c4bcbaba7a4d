import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor } from '../../node/codecs/safetensors.ts';
import { LEAST_SQUARED_LENGTH, type Operations, type PoolOptions } from './operations.ts';

/** Weights as tensors of tfjs, made at their first use and kept until `dispose`. */
export type WeightTensors = {
  of(weight: NamedTensor): tf.Tensor;
  dispose(): void;
};

export const createWeightTensors = (): WeightTensors => {
  const tensors = new Map<Float32Array, tf.Tensor>();
  return {
    of({ shape, values }) {
      const known = tensors.get(values);
      if (known !== undefined) return known;
      const tensor = tf.keep(tf.tensor(values, [...shape], 'float32'));
      tensors.set(values, tensor);
      return tensor;
    },
    dispose() {
      for (const tensor of tensors.values()) tensor.dispose();
      tensors.clear();
    },
  };
};

const maxPool = (x: tf.Tensor, { size, stride, padding }: PoolOptions): tf.Tensor =>
  // Images have four dimensions by the contract of `Operations`.
  tf.maxPool(x as tf.Tensor4D, size, stride, padding === 'SAME' ? 'same' : 'valid');

const standardiseEach = (images: tf.Tensor): tf.Tensor => {
  const { mean, variance } = tf.moments(images, [1, 2, 3], true);
  const values = images.shape.slice(1).reduce((product, size) => product * size, 1);
  return tf.div(tf.sub(images, mean), tf.maximum(tf.sqrt(variance), 1 / Math.sqrt(values)));
};

const toUnitLength = (x: tf.Tensor): tf.Tensor =>
  tf.div(x, tf.sqrt(tf.maximum(tf.sum(tf.square(x), 1, true), LEAST_SQUARED_LENGTH)));

/** Runs networks operation by operation on the tfjs backend that is set. Callers wrap a run in `tf.tidy`. */
export const tfjsOperations = (weights: WeightTensors): Operations<tf.Tensor> => ({
  toFloat: (images) => tf.cast(images, 'float32'),
  convolution: (x, kernel, bias, { stride = 1, padding = 'VALID' } = {}) =>
    tf.add(
      // Images and kernels have four dimensions by the contract of `Operations`.
      tf.conv2d(
        x as tf.Tensor4D,
        weights.of(kernel) as tf.Tensor4D,
        stride,
        padding === 'SAME' ? 'same' : 'valid',
      ),
      weights.of(bias),
    ),
  prelu: (x, alpha) => tf.prelu(x, weights.of(alpha)),
  preluMaxPool(x, alpha, options, mask) {
    const active = tf.prelu(x, weights.of(alpha));
    return maxPool(mask === undefined ? active : tf.add(active, mask), options);
  },
  relu: (x) => tf.relu(x),
  add: (x, y) => tf.add(x, y),
  concatenate: (images) => tf.concat([...images], 3),
  maxPool,
  meanPool: (x, { size, stride, padding }) =>
    // As above.
    tf.avgPool(x as tf.Tensor4D, size, stride, padding === 'SAME' ? 'same' : 'valid'),
  padWithZeros: (x, { rows = 0, columns = 0, channels = 0 }) =>
    tf.pad(x, [
      [0, 0],
      [0, rows],
      [0, columns],
      [0, channels],
    ]),
  meanOverPicture: (x) => tf.mean(x, [1, 2]),
  standardiseEach,
  toUnitLength,
  flatten: (x) => tf.reshape(x, [-1, x.shape.slice(1).reduce((product, size) => product * size, 1)]),
  dense: (x, kernel, bias) => tf.add(tf.matMul(x, weights.of(kernel)), weights.of(bias)),
});
