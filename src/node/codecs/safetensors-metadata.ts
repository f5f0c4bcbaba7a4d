import { closeSync, openSync, readSync } from 'node:fs';
import * as z from 'zod';

const LENGTH_BYTES = 8;
const MOST_HEADER_BYTES = 16 * 1024 * 1024;

const Metadata = z.object({ __metadata__: z.record(z.string(), z.string()) });

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
