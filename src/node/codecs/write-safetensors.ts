import { closeSync, fdatasyncSync, openSync, readSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { syncFolder } from '../files/folders.ts';
import { partName } from '../files/part-name.ts';
import type { NamedTensor } from './safetensors.ts';

/** Headers end on a multiple of this, so that values are aligned. */
const ALIGNMENT_BYTES = 8;
const LENGTH_BYTES = 8;

const headerOf = (
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Readonly<Record<string, string>>,
): Buffer => {
  let offset = 0;
  const entries = [...tensors].map(([name, { shape, values }]): [string, unknown] => {
    const begin = offset;
    offset += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, offset] }];
  });
  const text = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const bytes = Buffer.byteLength(text);
  const padded = Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const header = Buffer.alloc(LENGTH_BYTES + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded), 0);
  header.write(text, LENGTH_BYTES);
  return header;
};

const writeWhole = (descriptor: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; at += writeSync(descriptor, bytes, at, bytes.length - at));
};

/**
 * Writes a safetensors file with texts beside its tensors: there whole and durable, or as it was before.
 * @throws the file system's error; then nothing is left behind
 */
export const writeSafetensors = async (
  file: string,
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const part = join(dirname(file), partName(file));
  const descriptor = openSync(part, 'wx');
  try {
    try {
      writeWhole(descriptor, headerOf(tensors, metadata));
      for (const { values } of tensors.values())
        writeWhole(descriptor, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(part, file);
  } catch (error) {
    unlinkSync(part);
    throw error;
  }
  await syncFolder(dirname(file));
};

const Metadata = z.object({ __metadata__: z.record(z.string(), z.string()) });

const MOST_HEADER_BYTES = 16 * 1024 * 1024;

/** The texts of a safetensors file, without its tensors. @throws with one sentence when it is no such file */
export const readSafetensorsMetadata = (file: string): Readonly<Record<string, string>> => {
  const descriptor = openSync(file, 'r');
  try {
    const length = Buffer.alloc(LENGTH_BYTES);
    readSync(descriptor, length, 0, LENGTH_BYTES, 0);
    const bytes = Number(length.readBigUInt64LE(0));
    if (bytes === 0 || bytes > MOST_HEADER_BYTES)
      throw new Error(`${file} is not a usable safetensors file.`);
    const header = Buffer.alloc(bytes);
    if (readSync(descriptor, header, 0, bytes, LENGTH_BYTES) < bytes)
      throw new Error(`${file} is not a usable safetensors file: it is cut off.`);
    const parsed = Metadata.safeParse(JSON.parse(header.toString('utf8')));
    return parsed.success ? parsed.data.__metadata__ : {};
  } finally {
    closeSync(descriptor);
  }
};
