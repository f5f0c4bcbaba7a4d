import type { NamedTensor } from '../../node/codecs/safetensors.ts';

/** Weights of a convolution or a dense layer: kernel [..., in, out], bias [out]. */
export type Affine = { readonly kernel: NamedTensor; readonly bias: NamedTensor };

/** Scales each output of a layer and shifts it: `scale * (kernel x + bias) + shift`, as weights of one layer. */
export const foldOutput = (
  { kernel, bias }: Affine,
  scale: (channel: number) => number,
  shift: (channel: number) => number,
): Affine => {
  const channels = bias.values.length;
  const factors = Float64Array.from({ length: channels }, (_, channel) => scale(channel));
  return {
    kernel: {
      shape: kernel.shape,
      values: kernel.values.map((value, index) => value * (factors[index % channels] ?? 0)),
    },
    bias: {
      shape: bias.shape,
      values: bias.values.map((value, channel) => value * (factors[channel] ?? 0) + shift(channel)),
    },
  };
};

/**
 * A first convolution that takes pixels 0..255 as they are, because (v - mean) / scale is folded into its weights. Right only without
 * padding, which would have to be with the mean.
 */
export const onRawPixels = (
  { kernel, bias }: Affine,
  { mean, scale }: { readonly mean: readonly number[]; readonly scale: number },
): Affine => {
  const channels = bias.values.length;
  const shifted = Float64Array.from(bias.values);
  kernel.values.forEach((value, index) => {
    const channel = index % channels;
    const colour = Math.floor(index / channels) % mean.length;
    shifted[channel] = (shifted[channel] ?? 0) - (value * (mean[colour] ?? 0)) / scale;
  });
  return {
    kernel: { shape: kernel.shape, values: kernel.values.map((value) => value / scale) },
    bias: { shape: bias.shape, values: Float32Array.from(shifted) },
  };
};

/** Zeros for layers without a bias. */
export const noBias = (kernel: NamedTensor): NamedTensor => {
  const channels = kernel.shape.at(-1) ?? 0;
  return { shape: [channels], values: new Float32Array(channels) };
};
