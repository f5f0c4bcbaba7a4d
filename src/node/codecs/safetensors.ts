import { readFile } from 'node:fs/promises';
import * as z from 'zod';

export type NamedTensor = { readonly shape: readonly number[]; readonly values: Float32Array };

const Header = z.record(z.string(), z.unknown());
const Entry = z.object({
  dtype: z.literal('F32'),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/** A header larger than this is no header. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

/**
 * The float32 tensors of a safetensors file (8 bytes of header length, JSON header, little-endian data), by name.
 * @throws with one sentence when the file is not such a file, holds other types, or offsets and shapes disagree.
 */
export const readSafetensors = async (file: string): Promise<ReadonlyMap<string, NamedTensor>> => {
  const bytes = await readFile(file);
  const fail = (what: string): never => {
    throw new Error(`${file} is not a usable safetensors file: ${what}.`);
  };
  if (bytes.length < 8) fail('it is shorter than its header');
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  if (headerBytes > MAX_HEADER_BYTES || 8 + headerBytes > bytes.length)
    fail('its header reaches beyond its end');
  const header = Header.parse(JSON.parse(bytes.toString('utf8', 8, 8 + headerBytes)));
  const tensors = new Map<string, NamedTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const parsed = Entry.safeParse(entry);
    if (!parsed.success) return fail(`${name} is not described as float32 values with a shape and a place`);
    const {
      shape,
      data_offsets: [begin, end],
    } = parsed.data;
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (end - begin !== size * 4 || 8 + headerBytes + end > bytes.length) {
      return fail(`the size of ${name} does not fit its shape`);
    }
    // A copy, so that the values are aligned and the file's buffer can go.
    const values = new Float32Array(
      bytes.buffer.slice(
        bytes.byteOffset + 8 + headerBytes + begin,
        bytes.byteOffset + 8 + headerBytes + end,
      ),
    );
    tensors.set(name, { shape, values });
  }
  return tensors;
};
