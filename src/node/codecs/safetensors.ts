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
export const readSafetensors = async (file: string): Promise<ReadonlyMap<string, NamedTensor>> =>
  parseSafetensors(file, await readFile(file));

/** The same of bytes that were read; `file` names them in sentences. */
export const parseSafetensors = (file: string, bytes: Buffer): ReadonlyMap<string, NamedTensor> => {
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

/** The data begins at a multiple of this, as the format's own writer does. */
const ALIGNMENT = 8;

/** The parts of a safetensors file with these tensors in this order, and texts beside them; written one after the other they are the file. */
export const encodeSafetensors = (
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata?: Readonly<Record<string, string>>,
): readonly Uint8Array[] => {
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata };
  let at = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + values.byteLength] };
    at += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const headerBytes = Math.ceil(json.byteLength / ALIGNMENT) * ALIGNMENT;
  const start = Buffer.alloc(8 + headerBytes, ' ');
  start.writeBigUInt64LE(BigInt(headerBytes), 0);
  json.copy(start, 8);
  return [
    start,
    ...[...tensors.values()].map(
      ({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    ),
  ];
};
