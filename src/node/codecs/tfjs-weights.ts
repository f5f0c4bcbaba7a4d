import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { NamedTensor } from './safetensors.ts';

const Quantisation = z.object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() });
const Manifest = z.array(
  z.object({
    paths: z.array(z.string()),
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.int().nonnegative()),
        dtype: z.literal('float32'),
        quantization: Quantisation.optional(),
      }),
    ),
  }),
);

/**
 * The float32 tensors of a weight manifest of TensorFlow.js and the files beside it, by name; values that were stored as bytes are
 * `byte * scale + min` in float32. @throws with one sentence for other files
 */
export const readTfjsWeights = async (manifestFile: string): Promise<ReadonlyMap<string, NamedTensor>> => {
  const fail = (what: string): never => {
    throw new Error(`${manifestFile} is not a usable weight manifest: ${what}.`);
  };
  const parsed = Manifest.safeParse(JSON.parse(await readFile(manifestFile, 'utf8')));
  if (!parsed.success) return fail('it does not list float32 weights with their names and shapes');
  const tensors = new Map<string, NamedTensor>();
  for (const { paths, weights } of parsed.data) {
    const bytes = Buffer.concat(
      await Promise.all(paths.map((path) => readFile(join(dirname(manifestFile), path)))),
    );
    let at = 0;
    for (const { name, shape, quantization } of weights) {
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      const stored = bytes.subarray(at, at + size * (quantization === undefined ? 4 : 1));
      at += stored.byteLength;
      if (stored.byteLength < size * (quantization === undefined ? 4 : 1))
        return fail(`${name} reaches beyond the end of its file`);
      // A copy, so that the values are aligned and the file's buffer can go.
      const values =
        quantization === undefined
          ? new Float32Array(Uint8Array.from(stored).buffer)
          : Float32Array.from(stored, (byte) => byte * quantization.scale + quantization.min);
      tensors.set(name, { shape, values });
    }
    if (at !== bytes.byteLength) return fail('its files are longer than its weights');
  }
  return tensors;
};
