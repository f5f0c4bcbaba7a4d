import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { writeBytesDurably } from '../../node/files/atomic.ts';
import { systemCode } from '../../node/files/system-code.ts';
import { encodeSafetensors } from '../../node/codecs/safetensors.ts';
import { ModelRefused, readForeignModel } from './read-foreign.ts';

/** The seed's models have 95 MB; protobuf itself allows no more than 2 GB. */
const MOST_BYTES = 200_000_000;
const MEGABYTE = 1_000_000;

export type ImportedModel = {
  readonly embeddingSize: number;
  readonly sourceSha256: string;
  readonly weightsSha256: string;
};

/** @throws ModelRefused for what is no regular file of a size that a model has */
const readModelFile = async (file: string): Promise<Buffer> => {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new ModelRefused('there is no such file.');
    if (code === 'EACCES' || code === 'EPERM')
      throw new ModelRefused('it may not be read: change its permissions.');
    throw error;
  }
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new ModelRefused('it is a folder, a pipe or a device, not a file.');
    if (found.size > MOST_BYTES)
      throw new ModelRefused(
        `it has ${String(Math.round(found.size / MEGABYTE))} MB; models that can be imported have at most ${String(MOST_BYTES / MEGABYTE)}.`,
      );
    return await handle.readFile();
  } finally {
    await handle.close();
  }
};

/**
 * Reads a frozen graph of the seed and writes its weights as safetensors, whole or not at all.
 * @throws ModelRefused, or the file system's error when the output cannot be written
 */
export const importModel = async (file: string, output: string): Promise<ImportedModel> => {
  const bytes = await readModelFile(file);
  const { embeddingSize, tensors } = readForeignModel(bytes);
  const parts = encodeSafetensors(tensors);
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  await writeBytesDurably(output, parts);
  return {
    embeddingSize,
    sourceSha256: createHash('sha256').update(bytes).digest('hex'),
    weightsSha256: hash.digest('hex'),
  };
};
