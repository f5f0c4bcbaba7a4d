import { binary, INT, pack, randomUniform, reduce, times, unary } from '../graph/arithmetic.ts';
import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import type { Augmentation, Standardisation } from '../../contract/training.ts';

/** What the seed's pipeline does to images (facenet.py, `create_input_pipeline`), as nodes of the graph: one native call augments a whole batch. */

/** Largest turn of the seed's `random_rotate_image`, either way. */
const MOST_DEGREES = 10;

type ImageSize = { readonly batch: number; readonly sidePx: number; readonly outputPx: number };

/** Draws [batch] numbers in [0, 1) that hang on run, step and purpose alone. */
type Draw = (purpose: number) => GraphTensor;

const vectorOf = (graph: GraphBuilder, batch: number, value: number): GraphTensor =>
  graph.constant('same_for_all', new Float32Array(batch).fill(value), [batch]);

/** Where the crop begins: a whole number of pixels, drawn or in the middle; negative where the image is smaller and black is added. */
const cropOffsets = (
  graph: GraphBuilder,
  { batch, sidePx, outputPx }: ImageSize,
  drawn: GraphTensor | null,
): GraphTensor => {
  const surplus = sidePx - outputPx;
  if (drawn === null || surplus <= 0) return vectorOf(graph, batch, Math.trunc(surplus / 2));
  return unary(graph, 'Floor', times(graph, drawn, surplus + 1));
};

/**
 * One projective transform for each image that turns, crops and mirrors at once; a point of the output is looked up at
 * (a0 x + a1 y + a2, b0 x + b1 y + b2) of the input. Without a turn the coordinates are whole and pixels are taken as they are.
 */
const transforms = (
  graph: GraphBuilder,
  size: ImageSize,
  augmentation: Augmentation,
  draw: Draw,
): GraphTensor => {
  const { batch, sidePx, outputPx } = size;
  const vector = (value: number): GraphTensor => vectorOf(graph, batch, value);
  const add = (first: GraphTensor, second: GraphTensor): GraphTensor => binary(graph, 'AddV2', first, second);
  const multiply = (first: GraphTensor, second: GraphTensor): GraphTensor =>
    binary(graph, 'Mul', first, second);
  const left = cropOffsets(graph, size, augmentation.randomCrop ? draw(0) : null);
  const top = cropOffsets(graph, size, augmentation.randomCrop ? draw(1) : null);
  // 0 or 1, and the direction in which the output's x counts: 1 or -1.
  const isFlipped = augmentation.randomFlip ? unary(graph, 'Floor', times(graph, draw(2), 2)) : vector(0);
  const direction = add(vector(1), times(graph, isFlipped, -2));
  const middle = (sidePx - 1) / 2;
  const fromMiddleX = add(add(left, times(graph, isFlipped, outputPx - 1)), vector(-middle));
  const fromMiddleY = add(top, vector(-middle));
  const radians = augmentation.randomRotate
    ? times(graph, add(times(graph, draw(3), 2), vector(-1)), (MOST_DEGREES * Math.PI) / 180)
    : null;
  const cosine = radians === null ? vector(1) : unary(graph, 'Cos', radians);
  const sine = radians === null ? vector(0) : unary(graph, 'Sin', radians);
  const minusSine = unary(graph, 'Neg', sine);
  return pack(
    graph,
    [
      multiply(cosine, direction),
      minusSine,
      add(add(multiply(cosine, fromMiddleX), multiply(minusSine, fromMiddleY)), vector(middle)),
      multiply(sine, direction),
      cosine,
      add(add(multiply(sine, fromMiddleX), multiply(cosine, fromMiddleY)), vector(middle)),
      vector(0),
      vector(0),
    ],
    1,
  );
};

/** Images [batch, side, side, 3] float32 to [batch, output, output, 3], each turned, cropped and mirrored as drawn. */
export const augment = (
  graph: GraphBuilder,
  images: GraphTensor,
  outputPx: number,
  augmentation: Augmentation,
  draw: Draw,
): GraphTensor => {
  const [batch = 0, sidePx = 0] = images.shape;
  const { randomCrop, randomFlip, randomRotate } = augmentation;
  if (!randomCrop && !randomFlip && !randomRotate) return centreCrop(graph, images, outputPx);
  return graph.operation(
    'ImageProjectiveTransformV3',
    'augmented',
    [
      images,
      transforms(graph, { batch, sidePx, outputPx }, augmentation, draw),
      graph.constant('output_size', Int32Array.of(outputPx, outputPx), [2]),
      graph.scalar('black', 0),
    ],
    { dtype: { type: 'float32' }, interpolation: { string: 'BILINEAR' }, fill_mode: { string: 'CONSTANT' } },
    { type: 'float32', shape: [batch, outputPx, outputPx, 3] },
  );
};

/** The middle of images, or the images with black around them: TensorFlow's `resize_image_with_crop_or_pad`. */
export const centreCrop = (graph: GraphBuilder, images: GraphTensor, outputPx: number): GraphTensor => {
  const [batch = 0, sidePx = 0] = images.shape;
  const shape = [batch, outputPx, outputPx, 3];
  const difference = Math.abs(sidePx - outputPx);
  const before = Math.floor(difference / 2);
  if (difference === 0) return images;
  if (sidePx > outputPx) {
    return graph.operation(
      'Slice',
      'centre_crop',
      [
        images,
        graph.constant('begin', Int32Array.of(0, before, before, 0), [4]),
        graph.constant('size', Int32Array.of(-1, outputPx, outputPx, 3), [4]),
      ],
      { T: { type: images.type }, Index: INT },
      { type: images.type, shape },
    );
  }
  const after = difference - before;
  return graph.operation(
    'Pad',
    'black_around',
    [images, graph.constant('paddings', Int32Array.of(0, 0, before, after, before, after, 0, 0), [4, 2])],
    { T: { type: images.type }, Tpaddings: INT },
    { type: images.type, shape },
  );
};

/** (v - 127.5) / 128; facenet.py. */
const HALF_RANGE = 127.5;
const RANGE = 128;

/** Images [batch, side, side, 3] float32 0..255 as the network takes them. */
export const standardise = (
  graph: GraphBuilder,
  images: GraphTensor,
  standardisation: Standardisation,
): GraphTensor => {
  if (standardisation === 'fixed') {
    const centred = binary(graph, 'Sub', images, graph.scalar('half_range', HALF_RANGE));
    return times(graph, centred, 1 / RANGE);
  }
  const axes = [1, 2, 3];
  const values = axes.reduce((product, axis) => product * (images.shape[axis] ?? 1), 1);
  const centred = binary(graph, 'Sub', images, reduce(graph, 'Mean', images, axes, true));
  const variance = reduce(graph, 'Mean', unary(graph, 'Square', centred), axes, true);
  const deviation = binary(
    graph,
    'Maximum',
    unary(graph, 'Sqrt', variance),
    graph.scalar('least_deviation', 1 / Math.sqrt(values)),
  );
  return binary(graph, 'RealDiv', centred, deviation);
};

/** Draws for `augment` out of a seed [2] int32 of the step; each purpose has a stream of its own. */
export const drawsOf = (
  graph: GraphBuilder,
  seedOf: (purpose: number) => GraphTensor,
  batch: number,
): Draw => {
  return (purpose) => randomUniform(graph, [batch], seedOf(purpose));
};
