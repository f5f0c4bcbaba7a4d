import type { ConvolutionOptions, FacenetNetwork, Layers } from './layers.ts';

/** Inception-ResNet-v1 (Szegedy et al. 2016) as in the seed's `models/inception_resnet_v1.py`, with its names. */

export const INCEPTION_RESNET_V1_INPUT_PX = 160;

const SCOPE = 'InceptionResnetV1';

/** The layer that takes the pictures. */
export const INCEPTION_RESNET_V1_FIRST = `${SCOPE}/Conv2d_1a_3x3`;

const HALVE = { size: 3, stride: 2, padding: 'VALID' } as const;

type Residual = { readonly scale: number; readonly isActivated: boolean };

const block35 = <Tensor>(layers: Layers<Tensor>, x: Tensor, scope: string, residual: Residual): Tensor => {
  const channels = 32;
  const one = layers.convolution(x, `${scope}/Branch_0/Conv2d_1x1`, { channels, size: 1 });
  let two = layers.convolution(x, `${scope}/Branch_1/Conv2d_0a_1x1`, { channels, size: 1 });
  two = layers.convolution(two, `${scope}/Branch_1/Conv2d_0b_3x3`, { channels, size: 3 });
  let three = layers.convolution(x, `${scope}/Branch_2/Conv2d_0a_1x1`, { channels, size: 1 });
  three = layers.convolution(three, `${scope}/Branch_2/Conv2d_0b_3x3`, { channels, size: 3 });
  three = layers.convolution(three, `${scope}/Branch_2/Conv2d_0c_3x3`, { channels, size: 3 });
  return layers.residual(x, layers.concatenate([one, two, three]), `${scope}/Conv2d_1x1`, residual);
};

const block17 = <Tensor>(layers: Layers<Tensor>, x: Tensor, scope: string, residual: Residual): Tensor => {
  const channels = 128;
  const one = layers.convolution(x, `${scope}/Branch_0/Conv2d_1x1`, { channels, size: 1 });
  let two = layers.convolution(x, `${scope}/Branch_1/Conv2d_0a_1x1`, { channels, size: 1 });
  two = layers.convolution(two, `${scope}/Branch_1/Conv2d_0b_1x7`, { channels, size: [1, 7] });
  two = layers.convolution(two, `${scope}/Branch_1/Conv2d_0c_7x1`, { channels, size: [7, 1] });
  return layers.residual(x, layers.concatenate([one, two]), `${scope}/Conv2d_1x1`, residual);
};

const block8 = <Tensor>(layers: Layers<Tensor>, x: Tensor, scope: string, residual: Residual): Tensor => {
  const channels = 192;
  const one = layers.convolution(x, `${scope}/Branch_0/Conv2d_1x1`, { channels, size: 1 });
  let two = layers.convolution(x, `${scope}/Branch_1/Conv2d_0a_1x1`, { channels, size: 1 });
  two = layers.convolution(two, `${scope}/Branch_1/Conv2d_0b_1x3`, { channels, size: [1, 3] });
  two = layers.convolution(two, `${scope}/Branch_1/Conv2d_0c_3x1`, { channels, size: [3, 1] });
  return layers.residual(x, layers.concatenate([one, two]), `${scope}/Conv2d_1x1`, residual);
};

const reductionA = <Tensor>(layers: Layers<Tensor>, x: Tensor, scope: string): Tensor => {
  const one = layers.convolution(x, `${scope}/Branch_0/Conv2d_1a_3x3`, { channels: 384, ...HALVE });
  let two = layers.convolution(x, `${scope}/Branch_1/Conv2d_0a_1x1`, { channels: 192, size: 1 });
  two = layers.convolution(two, `${scope}/Branch_1/Conv2d_0b_3x3`, { channels: 192, size: 3 });
  two = layers.convolution(two, `${scope}/Branch_1/Conv2d_1a_3x3`, { channels: 256, ...HALVE });
  return layers.concatenate([one, two, layers.maxPool(x, HALVE)]);
};

const reductionB = <Tensor>(layers: Layers<Tensor>, x: Tensor, scope: string): Tensor => {
  let one = layers.convolution(x, `${scope}/Branch_0/Conv2d_0a_1x1`, { channels: 256, size: 1 });
  one = layers.convolution(one, `${scope}/Branch_0/Conv2d_1a_3x3`, { channels: 384, ...HALVE });
  let two = layers.convolution(x, `${scope}/Branch_1/Conv2d_0a_1x1`, { channels: 256, size: 1 });
  two = layers.convolution(two, `${scope}/Branch_1/Conv2d_1a_3x3`, { channels: 256, ...HALVE });
  let three = layers.convolution(x, `${scope}/Branch_2/Conv2d_0a_1x1`, { channels: 256, size: 1 });
  three = layers.convolution(three, `${scope}/Branch_2/Conv2d_0b_3x3`, { channels: 256, size: 3 });
  three = layers.convolution(three, `${scope}/Branch_2/Conv2d_1a_3x3`, { channels: 256, ...HALVE });
  return layers.concatenate([one, two, three, layers.maxPool(x, HALVE)]);
};

/** Pictures [batch, height, width, 3] (160 × 160 in the seed), standardised, to prelogits [batch, embeddingSize]. */
export const inceptionResnetV1: FacenetNetwork = (
  layers,
  images,
  { embeddingSize, endpoint = () => undefined },
) => {
  let x = images;
  const end = (name: string, output: typeof images): void => {
    x = output;
    endpoint(name, x);
  };
  const stem = (name: string, convolution: ConvolutionOptions): void => {
    end(name, layers.convolution(x, `${SCOPE}/${name}`, convolution));
  };
  const repeated = (
    scope: string,
    name: string,
    block: typeof block35,
    { count, scale }: { readonly count: number; readonly scale: number },
  ): void => {
    for (let index = 1; index <= count; index += 1)
      x = block(layers, x, `${SCOPE}/${scope}/${name}_${String(index)}`, { scale, isActivated: true });
  };
  stem('Conv2d_1a_3x3', { channels: 32, ...HALVE });
  stem('Conv2d_2a_3x3', { channels: 32, size: 3, padding: 'VALID' });
  stem('Conv2d_2b_3x3', { channels: 64, size: 3 });
  end('MaxPool_3a_3x3', layers.maxPool(x, HALVE));
  stem('Conv2d_3b_1x1', { channels: 80, size: 1, padding: 'VALID' });
  stem('Conv2d_4a_3x3', { channels: 192, size: 3, padding: 'VALID' });
  stem('Conv2d_4b_3x3', { channels: 256, ...HALVE });
  repeated('Repeat', 'block35', block35, { count: 5, scale: 0.17 });
  end('Mixed_5a', x);
  end('Mixed_6a', reductionA(layers, x, `${SCOPE}/Mixed_6a`));
  repeated('Repeat_1', 'block17', block17, { count: 10, scale: 0.1 });
  end('Mixed_6b', x);
  end('Mixed_7a', reductionB(layers, x, `${SCOPE}/Mixed_7a`));
  repeated('Repeat_2', 'block8', block8, { count: 5, scale: 0.2 });
  end('Mixed_8a', x);
  end('Mixed_8b', block8(layers, x, `${SCOPE}/Block8`, { scale: 1, isActivated: false }));
  end('PreLogitsFlatten', layers.dropout(layers.meanOverPicture(x)));
  return layers.bottleneck(x, `${SCOPE}/Bottleneck`, embeddingSize);
};
