import type { NamedTensor } from '../../node/codecs/safetensors.ts';

export type Padding = 'SAME' | 'VALID';

export type PoolOptions = { readonly size: number; readonly stride: number; readonly padding: Padding };

export type PadOptions = { readonly rows?: number; readonly columns?: number; readonly channels?: number };

/** Added under the root before a vector is divided by its length; facenet, `l2_normalize(prelogits, 1, 1e-10)`. */
export const LEAST_SQUARED_LENGTH = 1e-10;

/**
 * The operations that a network is written in, over whatever a tensor is: a node of a TensorFlow graph, or a tensor of
 * tfjs where TensorFlow cannot be had. Each network is written once, against this type. Images are [batch, height, width,
 * channels], kernels [height, width, in, out].
 */
export type Operations<Tensor> = {
  /** uint8 to float32. */
  toFloat(images: Tensor): Tensor;
  convolution(
    x: Tensor,
    kernel: NamedTensor,
    bias: NamedTensor,
    options?: { readonly stride?: number; readonly padding?: Padding },
  ): Tensor;
  /** max(x, 0) + alpha * min(x, 0), one alpha for each channel. */
  prelu(x: Tensor, alpha: NamedTensor): Tensor;
  /** `prelu`, then `mask` [1, height, width, 1] added where there is one, then the largest value of each window. */
  preluMaxPool(x: Tensor, alpha: NamedTensor, options: PoolOptions, mask?: Tensor): Tensor;
  /** max(x, 0). */
  relu(x: Tensor): Tensor;
  /** The sum of two tensors of one shape. */
  add(x: Tensor, y: Tensor): Tensor;
  /** Images of one size, their channels one after the other. */
  concatenate(images: readonly Tensor[]): Tensor;
  /** The largest value of each window. */
  maxPool(x: Tensor, options: PoolOptions): Tensor;
  /** The mean of each window. */
  meanPool(x: Tensor, options: PoolOptions): Tensor;
  /** Zeros below, to the right and behind the last channel. */
  padWithZeros(x: Tensor, zeros: PadOptions): Tensor;
  /** [batch, height, width, channels] to [batch, channels], the mean over the picture. */
  meanOverPicture(x: Tensor): Tensor;
  /** (v - mean) / max(standard deviation, 1 / sqrt(values)), for each image by itself: TensorFlow's per_image_standardization. */
  standardiseEach(images: Tensor): Tensor;
  /** [batch, values], each row divided by the root of max(its squared length, 1e-10): TensorFlow's l2_normalize in the seed. */
  toUnitLength(x: Tensor): Tensor;
  /** [batch, height, width, channels] to [batch, height * width * channels]. */
  flatten(x: Tensor): Tensor;
  /** x times kernel [in, out], plus bias [out]. */
  dense(x: Tensor, kernel: NamedTensor, bias: NamedTensor): Tensor;
};
