import type { NamedTensor } from '../../node/codecs/safetensors.ts';

export type Padding = 'SAME' | 'VALID';

/**
 * The operations that a network is written in, over whatever a tensor is: a node of a TensorFlow graph, or a tensor of
 * tfjs where TensorFlow cannot be had. Each network is written once, against this type. Images are [batch, height, width,
 * channels], kernels [height, width, in, out].
 */
export type Operations<Tensor> = {
  /** uint8 to float32. */
  toFloat(images: Tensor): Tensor;
  /** Sum of two tensors; the second may have one channel, or one picture, for all of the first's. */
  plus(x: Tensor, y: Tensor): Tensor;
  convolution(
    x: Tensor,
    kernel: NamedTensor,
    bias: NamedTensor,
    options?: { readonly stride?: number; readonly padding?: Padding },
  ): Tensor;
  /** max(x, 0) + alpha * min(x, 0), one alpha for each channel. */
  prelu(x: Tensor, alpha: NamedTensor): Tensor;
  maxPool(
    x: Tensor,
    options: { readonly size: number; readonly stride: number; readonly padding: Padding },
  ): Tensor;
  /** [batch, height, width, channels] to [batch, height * width * channels]. */
  flatten(x: Tensor): Tensor;
  /** x times kernel [in, out], plus bias [out]. */
  dense(x: Tensor, kernel: NamedTensor, bias: NamedTensor): Tensor;
};
