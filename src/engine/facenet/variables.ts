import type { FacenetNetwork, Layers } from './layers.ts';

/** Names that the seed's scopes end with (TF-Slim). */
export const WEIGHTS = 'weights';
export const BIASES = 'biases';
export const BETA = 'BatchNorm/beta';
export const MOVING_MEAN = 'BatchNorm/moving_mean';
export const MOVING_VARIANCE = 'BatchNorm/moving_variance';

export type Variable = { readonly name: string; readonly shape: readonly number[] };

/** Every variable of a network that takes colour pictures, by the seed's names and in its order. */
export const variablesOf = (
  network: FacenetNetwork,
  options: { readonly embeddingSize: number },
): readonly Variable[] => {
  const variables: Variable[] = [];
  const normalised = (scope: string, shape: readonly number[], channels: number): void => {
    variables.push({ name: `${scope}/${WEIGHTS}`, shape });
    for (const name of [BETA, MOVING_MEAN, MOVING_VARIANCE])
      variables.push({ name: `${scope}/${name}`, shape: [channels] });
  };
  // Of a tensor only the number of channels counts.
  const counting: Layers<number> = {
    convolution(inputs, scope, { channels, size }) {
      const [height, width] = typeof size === 'number' ? [size, size] : size;
      normalised(scope, [height, width, inputs, channels], channels);
      return channels;
    },
    residual(channels, branches, scope) {
      variables.push({ name: `${scope}/${WEIGHTS}`, shape: [1, 1, branches, channels] });
      variables.push({ name: `${scope}/${BIASES}`, shape: [channels] });
      return channels;
    },
    concatenate: (channels) => channels.reduce((sum, count) => sum + count, 0),
    maxPool: (channels) => channels,
    meanOverPicture: (channels) => channels,
    dropout: (channels) => channels,
    bottleneck(inputs, scope, units) {
      normalised(scope, [inputs, units], units);
      return units;
    },
  };
  network(counting, 3, options);
  return variables;
};
