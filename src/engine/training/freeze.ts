import type { TrainingPlan } from '../../contract/training.ts';
import { writeBytesDurably } from '../../node/files/atomic.ts';
import { encodeSafetensors, type NamedTensor } from '../../node/codecs/safetensors.ts';
import { GraphBuilder, type GraphTensor } from '../graph/builder.ts';
import { UNKNOWN } from '../graph/graph-def.ts';
import { MOVING_AVERAGE } from './apply.ts';
import { readCheckpoint, type Position } from './checkpoint.ts';
import { toUnitLength } from './losses.ts';
import { NETWORKS } from './networks.ts';
import { initialSlotValue } from './optimisers.ts';
import type { TrainingState } from './session.ts';
import { CENTRES } from './step-graph.ts';
import { CLASSIFIER, variableLayers } from './variable-layers.ts';
import type { Variables } from './variables.ts';

/** The weights that a network infers with, by the seed's names: without optimiser, centres and classifier, averaged where there are averages. */
export const inferenceWeights = (state: TrainingState): ReadonlyMap<string, NamedTensor> => {
  const isOfNetwork = (name: string): boolean =>
    name !== CENTRES &&
    !name.startsWith(`${CLASSIFIER}/`) &&
    !name.endsWith(`/${MOVING_AVERAGE}`) &&
    initialSlotValue(name) === null;
  return new Map(
    [...state]
      .filter(([name]) => isOfNetwork(name))
      .map(([name, tensor]) => [name, state.get(`${name}/${MOVING_AVERAGE}`) ?? tensor]),
  );
};

/** Weights as constants of a graph, by their own names. */
const constants = (graph: GraphBuilder, weights: ReadonlyMap<string, NamedTensor>): Variables => ({
  get(name, shape) {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new RangeError(`The weights lack ${name}.`);
    const value = graph.constant(name, tensor.values, shape);
    return { name, shape, handle: value, value };
  },
  all: [],
});

/** A frozen graph with the names that the seed's scripts look for: `input`, `phase_train` (which changes nothing) and `embeddings`. */
export const frozenGraph = (
  { settings }: Pick<TrainingPlan, 'settings'>,
  weights: ReadonlyMap<string, NamedTensor>,
): Uint8Array => {
  const graph = new GraphBuilder();
  const side = settings.imageSizePx;
  const input = graph.placeholder('input', 'float32', [UNKNOWN, side, side, 3]);
  graph.placeholder('phase_train', 'bool', []);
  const prelogits = NETWORKS[settings.network](
    variableLayers(graph, constants(graph, weights), null),
    input,
    { embeddingSize: settings.embeddingSize },
  );
  const unit: GraphTensor = toUnitLength(graph, prelogits);
  graph.operation('Identity', 'embeddings', [unit], { T: { type: 'float32' } }, unit);
  return graph.graphDef();
};

/** Makes a model of a checkpoint; each file is there whole or not at all. @throws CheckpointUnusable, or the file system's error */
export const freezeCheckpoint = async (request: {
  readonly plan: TrainingPlan;
  readonly checkpoint: string;
  readonly weights: string;
  readonly graph: string;
}): Promise<Pick<Position, 'step'>> => {
  const { state, position } = await readCheckpoint(request.checkpoint, request.plan);
  const weights = inferenceWeights(state);
  await writeBytesDurably(request.weights, encodeSafetensors(weights, { step: String(position.step) }));
  await writeBytesDurably(request.graph, [frozenGraph(request.plan, weights)]);
  return { step: position.step };
};
