import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EngineChoice } from '../../contract/engine.ts';
import { embedItems, type ItemVector } from '../embed/embed-items.ts';
import { itemsOf } from '../embed/items.ts';
import { rowsAt } from '../embed/rows.ts';
import { unusable } from '../failure.ts';
import { loadableOf } from '../models/registry.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { OWNER_ONLY_FOLDER } from '../workspace/paths.ts';
import { findAskedModel, rowLength, type ByModel } from './asked-model.ts';
import { lookAgain } from './look-again.ts';
import type { PictureVectors } from './picture-vectors.ts';

const whyWithout = (vector: Exclude<ItemVector, { kind: 'embedded' }>): string =>
  vector.kind === 'no-face' ? 'no face was found' : vector.reason.message;

type Embedded = Extract<ItemVector, { kind: 'embedded' }>;

const readRows = async (vectors: readonly Embedded[], dimensions: number): Promise<Float32Array> => {
  const values = new Float32Array(vectors.length * dimensions);
  let at = 0;
  for await (const row of rowsAt(vectors, dimensions)) {
    values.set(row, at);
    at += dimensions;
  }
  return values;
};

/** @throws UNUSABLE */
export const checkFolder = async (folder: string): Promise<void> => {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw unusable(`There is no folder ${folder}: name the folder of the pictures that the pairs name.`);
};

/** What is embedded of a folder, and how. */
export type FolderToEmbed = {
  readonly folder: string;
  readonly asked: ByModel;
  readonly choice: EngineChoice;
  /** The places of the pictures that are wanted among the paths of all, which are relative to the folder and sorted. */
  readonly wanted: (paths: readonly string[]) => Iterable<number>;
  /** Looks once more where no face is found: every picture is known to show somebody. */
  readonly looksAgain: boolean;
};

/**
 * Embeds pictures of a folder of crops or photos as the model's contract says.
 * @throws UNUSABLE, or the signal's reason when it is aborted
 */
export const embedFolder = async (
  { home, host }: Studio,
  { folder, asked, choice, wanted: choose, looksAgain }: FolderToEmbed,
  hooks: WorkHooks,
): Promise<PictureVectors> => {
  const root = resolve(folder);
  await checkFolder(root);
  const { model, remarks } = await findAskedModel({ home, workspace: null }, asked);
  const { items, remade } = await itemsOf([root], model.manifest.model.preprocessing, hooks.signal);
  const paths = items.map(({ file }) => file.slice(root.length).replace(/^[/\\]+/, ''));
  const wanted = [...new Set(choose(paths))].sort((a, b) => a - b);
  const engine = await host.acquire({ choice, gpuMemoryFraction: 1, networkCores: 'all' }, hooks.signal);
  const cache = join(home, 'cache', `validation-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(cache, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const run = { engine, model: loadableOf(model), isFlipped: asked.isFlipped, folder: cache };
    const pictures = wanted.flatMap((place) => items[place] ?? []);
    const once = await embedItems(pictures, run, hooks);
    const { vectors, remarks: again } = looksAgain
      ? await lookAgain(pictures, once, run, hooks)
      : { vectors: once, remarks: [] };
    const embedded = vectors.filter((vector) => vector.kind === 'embedded');
    let row = -1;
    const rows = vectors.map((vector) =>
      vector.kind === 'embedded' ? (row += 1) : { why: whyWithout(vector) },
    );
    const dimensions = rowLength(model, asked);
    return {
      files: wanted.map((place) => paths[place] ?? ''),
      rows,
      vectors: { values: await readRows(embedded, dimensions), dimensions },
      model: model.manifest.id,
      engine: engine.info,
      remarks: [...remarks, ...remade.map(({ why }) => why), ...again],
    };
  } finally {
    engine.release();
    await rm(cache, { recursive: true, force: true });
  }
};
