import type { NamedTensor } from '../../node/codecs/safetensors.ts';
import { onRawPixels } from '../network/fold.ts';
import type { Operations } from '../network/operations.ts';

/** The three networks of MTCNN (Zhang et al. 2016) with the seed's weights; layer by layer as in detect_face.py. */
export type MtcnnWeights = (name: string) => NamedTensor;

/**
 * The seed's two classes become one logit of "face", and it and the regressions one layer: the softmax of two values is the
 * sigmoid of their difference. `inputs` is the number of values that each unit takes in.
 */
const mergedHead = (
  weights: MtcnnWeights,
  classes: string,
  regressions: readonly string[],
): { readonly kernel: NamedTensor; readonly bias: NamedTensor } => {
  const face = { kernel: weights(`${classes}/kernel`), bias: weights(`${classes}/bias`) };
  const others = regressions.map((name) => ({
    kernel: weights(`${name}/kernel`),
    bias: weights(`${name}/bias`),
  }));
  const inputs = face.kernel.values.length / 2;
  const units = 1 + others.reduce((sum, { bias }) => sum + bias.values.length, 0);
  const kernel = new Float32Array(inputs * units);
  const bias = new Float32Array(units);
  const difference = (values: Float32Array, row: number): number =>
    (values[row * 2 + 1] ?? 0) - (values[row * 2] ?? 0);
  for (let row = 0; row < inputs; row += 1) kernel[row * units] = difference(face.kernel.values, row);
  bias[0] = difference(face.bias.values, 0);
  let first = 1;
  for (const other of others) {
    const width = other.bias.values.length;
    for (let row = 0; row < inputs; row += 1) {
      kernel.set(other.kernel.values.subarray(row * width, (row + 1) * width), row * units + first);
    }
    bias.set(other.bias.values, first);
    first += width;
  }
  return {
    kernel: { shape: [...face.kernel.shape.slice(0, -1), units], values: kernel },
    bias: { shape: [units], values: bias },
  };
};

/** (v - 127.5) / 128, as every network of MTCNN takes pixels in. */
const STANDARDISATION = { mean: [127.5], scale: 128 };

/** The weights as the networks below use them: heads merged, the P-net on raw pixels. Made once, since each new array would become a new tensor. */
export const prepareWeights = (raw: ReadonlyMap<string, NamedTensor>): MtcnnWeights => {
  const stored: MtcnnWeights = (name) => {
    const tensor = raw.get(name);
    if (tensor === undefined) throw new Error(`The MTCNN weights lack ${name}.`);
    return tensor;
  };
  const first = onRawPixels(
    { kernel: stored('pnet/conv1/kernel'), bias: stored('pnet/conv1/bias') },
    STANDARDISATION,
  );
  const heads = {
    pnet: mergedHead(stored, 'pnet/conv4_1', ['pnet/conv4_2']),
    rnet: mergedHead(stored, 'rnet/dense5_1', ['rnet/dense5_2']),
    onet: mergedHead(stored, 'onet/dense6_1', ['onet/dense6_2', 'onet/dense6_3']),
  };
  const prepared = new Map<string, NamedTensor>([
    ['pnet/raw_conv1/kernel', first.kernel],
    ['pnet/raw_conv1/bias', first.bias],
    ...Object.entries(heads).flatMap(([network, { kernel, bias }]): [string, NamedTensor][] => [
      [`${network}/head/kernel`, kernel],
      [`${network}/head/bias`, bias],
    ]),
  ]);
  return (name) => prepared.get(name) ?? stored(name);
};

/** A convolution or a dense layer by the name of its weights, followed by a PReLU where one is named. */
const layers = <Tensor>(
  ops: Operations<Tensor>,
  weights: MtcnnWeights,
): Record<'convolution' | 'dense', (x: Tensor, name: string, prelu?: string) => Tensor> => {
  const activated = (x: Tensor, prelu: string | undefined): Tensor =>
    prelu === undefined ? x : ops.prelu(x, weights(`${prelu}/alpha`));
  return {
    convolution: (x, name, prelu) =>
      activated(ops.convolution(x, weights(`${name}/kernel`), weights(`${name}/bias`)), prelu),
    dense: (x, name, prelu) =>
      activated(ops.dense(x, weights(`${name}/kernel`), weights(`${name}/bias`)), prelu),
  };
};

/**
 * P-net: canvas [1, height, width, 3] uint8 to cells [1, rows, columns, 5]: logit of a face and four offsets.
 * `mask` [1, height - 2, width - 2, 1] is 0, and hugely negative where the first convolution reached beyond a tile, so that
 * the pooling after it takes no value from there; the seed's pooling stops at the edge of the picture in the same way.
 */
export const pnet = <Tensor>(
  ops: Operations<Tensor>,
  weights: MtcnnWeights,
  canvas: Tensor,
  mask: Tensor,
): Tensor => {
  const layer = layers(ops, weights);
  let x = layer.convolution(ops.toFloat(canvas), 'pnet/raw_conv1');
  x = ops.preluMaxPool(x, weights('pnet/prelu1/alpha'), { size: 2, stride: 2, padding: 'SAME' }, mask);
  x = layer.convolution(x, 'pnet/conv2', 'pnet/prelu2');
  x = layer.convolution(x, 'pnet/conv3', 'pnet/prelu3');
  return layer.convolution(x, 'pnet/head');
};

/** R-net: squares [batch, 24, 24, 3] float32, standardised, to [batch, 5]: logit of a face and four offsets. */
export const rnet = <Tensor>(ops: Operations<Tensor>, weights: MtcnnWeights, squares: Tensor): Tensor => {
  const layer = layers(ops, weights);
  let x = layer.convolution(squares, 'rnet/conv1');
  x = ops.preluMaxPool(x, weights('rnet/prelu1/alpha'), { size: 3, stride: 2, padding: 'SAME' });
  x = layer.convolution(x, 'rnet/conv2');
  x = ops.preluMaxPool(x, weights('rnet/prelu2/alpha'), { size: 3, stride: 2, padding: 'VALID' });
  x = layer.convolution(x, 'rnet/conv3', 'rnet/prelu3');
  x = layer.dense(ops.flatten(x), 'rnet/dense4', 'rnet/prelu4');
  return layer.dense(x, 'rnet/head');
};

/** O-net: squares [batch, 48, 48, 3] float32, standardised, to [batch, 15]: logit, four offsets, five x and five y of landmarks. */
export const onet = <Tensor>(ops: Operations<Tensor>, weights: MtcnnWeights, squares: Tensor): Tensor => {
  const layer = layers(ops, weights);
  let x = layer.convolution(squares, 'onet/conv1');
  x = ops.preluMaxPool(x, weights('onet/prelu1/alpha'), { size: 3, stride: 2, padding: 'SAME' });
  x = layer.convolution(x, 'onet/conv2');
  x = ops.preluMaxPool(x, weights('onet/prelu2/alpha'), { size: 3, stride: 2, padding: 'VALID' });
  x = layer.convolution(x, 'onet/conv3');
  x = ops.preluMaxPool(x, weights('onet/prelu3/alpha'), { size: 2, stride: 2, padding: 'SAME' });
  x = layer.convolution(x, 'onet/conv4', 'onet/prelu4');
  x = layer.dense(ops.flatten(x), 'onet/dense5', 'onet/prelu5');
  return layer.dense(x, 'onet/head');
};
