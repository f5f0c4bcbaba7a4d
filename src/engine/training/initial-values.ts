import { crc32 } from 'node:zlib';
import { createRandom } from '../../core/training/random.ts';
import { MOVING_VARIANCE, WEIGHTS } from '../facenet/variables.ts';
import type { NamedTensor } from '../../node/codecs/safetensors.ts';
import { MOVING_AVERAGE } from './apply.ts';
import { initialSlotValue } from './optimisers.ts';

type Description = { readonly name: string; readonly shape: readonly number[] };

const filled = (size: number, value: number): Float32Array => new Float32Array(size).fill(value);

/** Glorot's uniform distribution (TF-Slim's `xavier_initializer`); each variable has a stream of its own, whatever others there are. */
const glorot = ({ name, shape }: Description, size: number, seed: number): Float32Array => {
  const field = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  const limit = Math.sqrt(6 / (field * (inputs + outputs)));
  const random = createRandom((seed ^ crc32(name)) >>> 0);
  return Float32Array.from({ length: size }, () => limit * (2 * random() - 1));
};

const initialValue = (variable: Description, seed: number): NamedTensor => {
  const { name, shape } = variable;
  const size = shape.reduce((product, length) => product * length, 1);
  const averaged = `/${MOVING_AVERAGE}`;
  // A moving average starts with its variable.
  if (name.endsWith(averaged)) return initialValue({ name: name.slice(0, -averaged.length), shape }, seed);
  const slot = initialSlotValue(name);
  if (slot !== null) return { shape, values: filled(size, slot) };
  if (name.endsWith(`/${MOVING_VARIANCE}`)) return { shape, values: filled(size, 1) };
  if (name.endsWith(`/${WEIGHTS}`)) return { shape, values: glorot(variable, size, seed) };
  // Biases, betas, moving means and centres.
  return { shape, values: filled(size, 0) };
};

/** What a training starts with, out of its seed alone. */
export const initialValues = (
  variables: readonly Description[],
  seed: number,
): ReadonlyMap<string, NamedTensor> =>
  new Map(variables.map((variable) => [variable.name, initialValue(variable, seed)]));
