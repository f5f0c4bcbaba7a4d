import type { EmbeddingModel } from '../../contract/models.ts';
import type { NamedTensor } from '../../node/codecs/safetensors.ts';
import { foldWeights, inferenceLayers } from '../facenet/inference.ts';
import { INCEPTION_RESNET_V1_FIRST, inceptionResnetV1 } from '../facenet/inception-resnet-v1.ts';
import type { Operations } from '../network/operations.ts';
import { faceRecognitionResnet } from './face-recognition-resnet.ts';
import type { EmbeddingNetwork } from './runner.ts';

type Weights = ReadonlyMap<string, NamedTensor>;
type Write = EmbeddingNetwork['write'];

const inceptionResnet = (weights: Weights, model: EmbeddingModel): Write => {
  const { standardisation } = model.preprocessing;
  const folded = foldWeights(
    weights,
    standardisation.kind === 'fixed' ? { scope: INCEPTION_RESNET_V1_FIRST, ...standardisation } : null,
  );
  return <Tensor>(ops: Operations<Tensor>, pixels: Tensor) =>
    inceptionResnetV1(
      inferenceLayers(ops, folded),
      standardisation.kind === 'fixed' ? pixels : ops.standardiseEach(pixels),
      { embeddingSize: model.dimensions },
    );
};

const recognitionResnet = (weights: Weights, model: EmbeddingModel): Write => {
  const { standardisation } = model.preprocessing;
  if (standardisation.kind !== 'fixed')
    throw new Error('The recognition network takes pixels with a fixed mean and scale.');
  return faceRecognitionResnet(weights, standardisation);
};

/** The network of a model with its weights and its preprocessing from the pixels on. @throws for weights that do not fit */
export const embeddingNetwork = (model: EmbeddingModel, weights: Weights): EmbeddingNetwork => {
  const write = { 'inception-resnet-v1': inceptionResnet, 'face-recognition-resnet': recognitionResnet }[
    model.architecture
  ](weights, model);
  return {
    inputSizePx: model.preprocessing.inputSizePx,
    dimensions: model.dimensions,
    write: (ops, pixels) => {
      const vectors = write(ops, pixels);
      return model.isUnitLength ? ops.toUnitLength(vectors) : vectors;
    },
  };
};
