import type { NamedTensor } from '../../node/codecs/safetensors.ts';

export type Padding = 'SAME' | 'VALID';

export type PoolOptions = { readonly size: number; readonly stride: number; readonly padding: Padding };

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
  /** [batch, height, width, channels] to [batch, height * width * channels]. */
  flatten(x: Tensor): Tensor;
  /** x times kernel [in, out], plus bias [out]. */
  dense(x: Tensor, kernel: NamedTensor, bias: NamedTensor): Tensor;
};
