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
type Manifest = z.infer<typeof Manifest>;

const fail = (manifestFile: string, what: string): never => {
  throw new Error(`${manifestFile} is not a usable weight manifest: ${what}.`);
};

const parseManifest = (manifestFile: string, bytes: Buffer): Manifest => {
  const parsed = Manifest.safeParse(JSON.parse(bytes.toString('utf8')));
  return parsed.success
    ? parsed.data
    : fail(manifestFile, 'it does not list float32 weights with their names and shapes');
};

/** The bytes of a weight manifest of TensorFlow.js, then those of the files that it names, in its order. @throws with one sentence for other files */
export const readTfjsFiles = async (manifestFile: string): Promise<readonly Buffer[]> => {
  const manifest = await readFile(manifestFile);
  const paths = parseManifest(manifestFile, manifest).flatMap((group) => group.paths);
  const files = await Promise.all(paths.map((path) => readFile(join(dirname(manifestFile), path))));
  return [manifest, ...files];
};

/**
 * The float32 tensors of such files, by name; values that were stored as bytes are `byte * scale + min` in float32.
 * @throws with one sentence when manifest and files disagree
 */
export const tensorsOfTfjs = (
  manifestFile: string,
  [manifest = Buffer.alloc(0), ...files]: readonly Buffer[],
): ReadonlyMap<string, NamedTensor> => {
  const tensors = new Map<string, NamedTensor>();
  const left = [...files];
  for (const { paths, weights } of parseManifest(manifestFile, manifest)) {
    const bytes = Buffer.concat(left.splice(0, paths.length));
    let at = 0;
    for (const { name, shape, quantization } of weights) {
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      const storedBytes = size * (quantization === undefined ? Float32Array.BYTES_PER_ELEMENT : 1);
      const stored = bytes.subarray(at, at + storedBytes);
      at += storedBytes;
      if (stored.byteLength < storedBytes) fail(manifestFile, `${name} reaches beyond the end of its file`);
      // A copy, so that the values are aligned and the file's buffer can go.
      const values =
        quantization === undefined
          ? new Float32Array(Uint8Array.from(stored).buffer)
          : Float32Array.from(stored, (byte) => byte * quantization.scale + quantization.min);
      tensors.set(name, { shape, values });
    }
    if (at !== bytes.byteLength) fail(manifestFile, 'its files are longer than its weights');
  }
  return tensors;
};
