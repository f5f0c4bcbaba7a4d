import type { TrainingSettings } from '../../contract/training.ts';
import type { NamedTensor } from '../../node/codecs/safetensors.ts';
import type { TensorFlowBinding } from '../backend/binding.ts';
import { loadCalls } from '../backend/native-graph.ts';
import { castToFloat } from '../graph/arithmetic.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { UNKNOWN } from '../graph/graph-def.ts';
import { MOVING_AVERAGE } from './apply.ts';
import { centreCrop, standardise } from './augment.ts';
import { crossEntropyOfEach, hitOfEach, toUnitLength } from './losses.ts';
import { NETWORKS } from './networks.ts';
import { initialValues } from './initial-values.ts';
import { stepGraph, STEP_METRICS, type StepMetric } from './step-graph.ts';
import { classifier, variableLayers } from './variable-layers.ts';
import { assign, createVariables, type Variables } from './variables.ts';

export type Batch = {
  /** [batchSize, readSizePx, readSizePx, 3] RGB bytes. */
  readonly images: Uint8Array;
  /** [batchSize]; of a triplet training none are used. */
  readonly labels: Int32Array;
};

export type StepResult = Readonly<Record<StepMetric, number>> & {
  /** Loss of each sample, or of each triplet. */
  readonly lossOfEach: Float32Array;
  /** [batchSize, embeddingSize]. */
  readonly prelogits: Float32Array;
};

export type Evaluation = {
  /** [count, embeddingSize], of unit length. */
  readonly embeddings: Float32Array;
  /** Cross-entropy and 1 or 0 of each sample; empty for a triplet training. */
  readonly crossEntropyOfEach: Float32Array;
  readonly hitOfEach: Float32Array;
};

/** The whole state of a training by the names of its variables: weights, slots of the optimiser, centres, averages. */
export type TrainingState = ReadonlyMap<string, NamedTensor>;

/** A training that TensorFlow holds. Each call is synchronous. The state is gone with `dispose`. */
export type TrainingSession = {
  /** One step, numbered from 1: random draws hang on seed and number alone. */
  step(batch: Batch, options: { readonly step: number; readonly learningRate: number }): StepResult;
  /** As inference does it, with the averaged weights where there are any. `count` images of the reading size, with labels. */
  evaluate(images: Uint8Array, labels: Int32Array): Evaluation;
  readState(): TrainingState;
  /** @throws RangeError where a variable is missing or of another shape; then nothing is changed */
  writeState(state: TrainingState): void;
  /** Names and shapes of all variables. */
  readonly variables: readonly { readonly name: string; readonly shape: readonly number[] }[];
  dispose(): void;
};

/** The variables under other names: where a moving average is kept, that instead. */
const averaged = (variables: Variables): Variables => ({
  get: (name, shape) => variables.get(`${name}/${MOVING_AVERAGE}`, shape),
  get all() {
    return variables.all;
  },
});

const evaluationGraph = (graph: GraphBuilder, variables: Variables, settings: TrainingSettings) => {
  const { readSizePx, loss } = settings;
  const images = graph.placeholder('evaluated_images', 'uint8', [UNKNOWN, readSizePx, readSizePx, 3]);
  const labels = graph.placeholder('evaluated_labels', 'int32', [UNKNOWN]);
  const used = settings.movingAverageDecay > 0 ? averaged(variables) : variables;
  const cropped = castToFloat(graph, centreCrop(graph, images, settings.imageSizePx));
  const prelogits = NETWORKS[settings.network](
    variableLayers(graph, used, null),
    standardise(graph, cropped, settings.standardisation),
    { embeddingSize: settings.embeddingSize },
  );
  const embeddings = toUnitLength(graph, prelogits);
  if (loss.kind === 'triplet') return { inputs: [images], outputs: [embeddings] };
  const logits = classifier(graph, used, prelogits, loss.classes);
  return {
    inputs: [images, labels],
    outputs: [embeddings, crossEntropyOfEach(graph, logits, labels), hitOfEach(graph, logits, labels)],
  };
};

/** Builds the graph of a training and hands it to TensorFlow, with fresh weights out of the seed. */
export const openTraining = (binding: TensorFlowBinding, settings: TrainingSettings): TrainingSession => {
  const graph = new GraphBuilder();
  const variables = createVariables(graph);
  const step = stepGraph(graph, variables, settings);
  const evaluation = evaluationGraph(graph, variables, settings);
  const all = variables.all;
  const values = all.map(({ name, shape }) => graph.placeholder(`${name}/value`, 'float32', shape));
  const written = graph.operation(
    'Identity',
    'written',
    [graph.scalar('one', 1)],
    { T: { type: 'float32' } },
    { type: 'float32', shape: [] },
    all.map((variable, index) => assign(graph, variable, values[index] ?? variable.value)),
  );
  const calls = loadCalls(binding, graph, {
    step: {
      inputs: [step.inputs.images, step.inputs.labels, step.inputs.learningRate, step.inputs.step],
      outputs: [step.metrics, step.lossOfEach, step.prelogits],
    },
    evaluate: evaluation,
    read: { inputs: [], outputs: all.map(({ value }) => value) },
    write: { inputs: values, outputs: [written] },
  });
  const imageShape = (count: number): readonly number[] => [
    count,
    settings.readSizePx,
    settings.readSizePx,
    3,
  ];
  const writeState = (state: TrainingState): void => {
    const inputs = all.map(({ name, shape }) => {
      const tensor = state.get(name);
      if (tensor === undefined) throw new RangeError(`The state lacks ${name}.`);
      if (tensor.shape.join() !== shape.join())
        throw new RangeError(
          `${name} is [${tensor.shape.join(', ')}] in the state; the network has [${shape.join(', ')}].`,
        );
      return { shape, values: tensor.values };
    });
    calls.run('write', inputs);
  };
  writeState(initialValues(all, settings.seed));
  return {
    step({ images, labels }, { step, learningRate }) {
      const [metrics, lossOfEach, prelogits] = calls.run('step', [
        { shape: imageShape(settings.batchSize), values: images },
        { shape: [settings.batchSize], values: labels },
        { shape: [], values: Float32Array.of(learningRate) },
        { shape: [], values: Int32Array.of(step) },
      ]);
      if (metrics === undefined || lossOfEach === undefined || prelogits === undefined)
        throw new RangeError('A step gives three tensors.');
      const told = Object.fromEntries(
        STEP_METRICS.map((name, index) => [name, metrics[index] ?? Number.NaN]),
      );
      // Every name of `STEP_METRICS` has its number now.
      return { ...(told as Record<StepMetric, number>), lossOfEach, prelogits };
    },
    evaluate(images, labels) {
      const count = labels.length;
      const [embeddings, crossEntropy, hits] = calls.run('evaluate', [
        { shape: imageShape(count), values: images },
        ...(settings.loss.kind === 'softmax' ? [{ shape: [count], values: labels }] : []),
      ]);
      return {
        embeddings: embeddings ?? new Float32Array(),
        crossEntropyOfEach: crossEntropy ?? new Float32Array(),
        hitOfEach: hits ?? new Float32Array(),
      };
    },
    readState() {
      const given = calls.run('read', []);
      return new Map(
        all.map(({ name, shape }, index) => [name, { shape, values: given[index] ?? new Float32Array() }]),
      );
    },
    writeState,
    variables: all.map(({ name, shape }) => ({ name, shape })),
    dispose() {
      calls.dispose();
    },
  };
};
