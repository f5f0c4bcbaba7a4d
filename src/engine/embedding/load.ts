import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { LoadableModel } from '../../contract/models.ts';
import { parseSafetensors, type NamedTensor } from '../../node/codecs/safetensors.ts';
import { readTfjsFiles, tensorsOfTfjs } from '../../node/codecs/tfjs-weights.ts';
import { ModelUnusable } from './model-unusable.ts';
import { embeddingNetwork } from './network.ts';
import type { EmbeddingNetwork } from './runner.ts';

type Weights = ReadonlyMap<string, NamedTensor>;

const hashOf = (parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** The bytes that are hashed, and what reads them. */
const read = async ({
  kind,
  file,
}: LoadableModel['weights']): Promise<{ parts: readonly Uint8Array[]; weights: () => Weights }> => {
  if (kind === 'safetensors') {
    const bytes = await readFile(file);
    return { parts: [bytes], weights: () => parseSafetensors(file, bytes) };
  }
  const files = await readTfjsFiles(file);
  return { parts: files, weights: () => tensorsOfTfjs(file, files) };
};

/** Reads a model's weights, checks that they are those that its manifest names, and makes its network. @throws ModelUnusable */
export const loadNetwork = async ({ model, weights: source }: LoadableModel): Promise<EmbeddingNetwork> => {
  try {
    const { parts, weights } = await read(source);
    if (hashOf(parts) !== source.sha256)
      throw new ModelUnusable(
        `${source.file} is not the file that the model was registered with: import or install the model again.`,
      );
    return embeddingNetwork(model, weights());
  } catch (error) {
    if (error instanceof ModelUnusable) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new ModelUnusable(
      `The weights of the model cannot be used: ${why} Import or install the model again.`,
    );
  }
};
