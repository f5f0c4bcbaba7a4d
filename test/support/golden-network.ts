import { crc32 } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { NamedTensor } from '../../src/node/codecs/safetensors.ts';

/** The network with weights that anyone can compute, as the shared folder's own README describes it. */

const Golden = z.object({
  variables: z.array(z.object({ name: z.string(), shape: z.array(z.int()) })),
  endpoints: z.record(
    z.string(),
    z.object({
      shape: z.array(z.int()),
      mean: z.number(),
      std: z.number(),
      first8: z.array(z.number()),
    }),
  ),
});
export type GoldenNetwork = z.infer<typeof Golden>;

export const readGoldenNetwork = async (file: string): Promise<GoldenNetwork> =>
  Golden.parse(JSON.parse(await readFile(file, 'utf8')));

const NAME_MODULUS = 10_007;

const scaleOf = (
  name: string,
  shape: readonly number[],
): { readonly offset: number; readonly factor: number } => {
  const part = name.split('/').at(-1) ?? '';
  if (part === 'moving_variance') return { offset: 1, factor: 0.5 };
  if (['moving_mean', 'beta', 'biases'].includes(part)) return { offset: 0, factor: 0.1 };
  const fanIn = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  return { offset: 0, factor: 0.7 * Math.sqrt(6 / fanIn) };
};

/** The weights of one variable. */
export const goldenWeights = (name: string, shape: readonly number[]): NamedTensor => {
  const h = crc32(name) % NAME_MODULUS;
  const { offset, factor } = scaleOf(name, shape);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i += 1) {
    const s = Math.sin(i * 12.9898 + h) * 43758.5453;
    values[i] = offset + factor * (2 * (s - Math.floor(s)) - 1);
  }
  return { shape, values };
};

export const GOLDEN_SIDE_PX = 160;

/** Pictures [count, sidePx, sidePx, 3] as bytes. */
export const goldenPictures = (count: number, sidePx = GOLDEN_SIDE_PX): Uint8Array => {
  const pictures = new Uint8Array(count * sidePx * sidePx * 3);
  let at = 0;
  for (let k = 0; k < count; k += 1)
    for (let y = 0; y < sidePx; y += 1)
      for (let x = 0; x < sidePx; x += 1)
        for (let c = 0; c < 3; c += 1) {
          pictures[at] = Math.floor(
            127.5 + 127.5 * Math.sin(0.05 * (k + 1) * x + 0.031 * (k + 2) * y + 1.7 * c + k),
          );
          at += 1;
        }
  return pictures;
};
