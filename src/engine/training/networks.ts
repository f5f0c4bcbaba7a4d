import type { TrainingSettings } from '../../contract/training.ts';
import { inceptionResnetV1 } from '../facenet/inception-resnet-v1.ts';
import type { FacenetNetwork } from '../facenet/layers.ts';

/** A network of two layers for tests and for trying out parameters in seconds; the seed's `dummy.py` has a like purpose. */
const tinyNetwork: FacenetNetwork = (layers, images, { embeddingSize }) => {
  const first = layers.convolution(images, 'Tiny/Conv2d_1', { channels: 8, size: 3, stride: 2 });
  const branches = layers.concatenate([
    layers.convolution(first, 'Tiny/Conv2d_2a', { channels: 8, size: 3 }),
    layers.convolution(first, 'Tiny/Conv2d_2b', { channels: 8, size: [1, 3] }),
  ]);
  const mixed = layers.residual(first, branches, 'Tiny/Conv2d_3', { scale: 0.5, isActivated: true });
  const pooled = layers.maxPool(mixed, { size: 3, stride: 2, padding: 'VALID' });
  return layers.bottleneck(layers.dropout(layers.meanOverPicture(pooled)), 'Tiny/Bottleneck', embeddingSize);
};

/** The networks that can be trained, by the names of the contract. */
export const NETWORKS: Readonly<Record<TrainingSettings['network'], FacenetNetwork>> = {
  'inception-resnet-v1': inceptionResnetV1,
  tiny: tinyNetwork,
};
