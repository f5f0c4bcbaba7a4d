import { randomBytes } from 'node:crypto';
import { mkdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  MOST_COMPARED,
  type CompareReport,
  type EmbedReport,
  type VectorOutput,
} from '../../contract/embedding.ts';
import type { EngineChoice } from '../../contract/engine.ts';
import { distancesBetween } from '../../core/embedding/distance.ts';
import type { EngineLease } from '../engine/host.ts';
import { unusable, writeFailure } from '../failure.ts';
import { findModel, loadableOf, type RegisteredModel } from '../models/registry.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { OWNER_ONLY_FOLDER } from '../workspace/paths.ts';
import { embedItems, type ItemVector } from './embed-items.ts';
import { itemsOf, type EmbedItem, type EmbedItems } from './items.ts';
import { rowsAt } from './rows.ts';
import { writeVectors } from './write-vectors.ts';

export type EmbedRequest = {
  readonly paths: readonly string[];
  readonly model?: string | undefined;
  /** The workspace whose own models may be named too; left out for none. */
  readonly workspace?: string | undefined;
  readonly engine: EngineChoice;
  readonly isFlipped: boolean;
};

/** What came of pictures, with their vectors on the disk. */
export type Made = EmbedItems & {
  readonly model: RegisteredModel;
  readonly vectors: readonly ItemVector[];
  readonly engine: EngineLease;
  readonly isFlipped: boolean;
  readonly seconds: number;
};

type Row = { readonly item: EmbedItem; readonly place: Extract<ItemVector, { kind: 'embedded' }> };

/** The pictures that have a vector, in their order. */
export const rowsOf = ({ items, vectors }: Made): readonly Row[] =>
  items.flatMap((item, index) => {
    const place = vectors[index];
    return place?.kind === 'embedded' ? [{ item, place }] : [];
  });

/** Numbers in a row. */
export const dimensionsOf = ({ model, isFlipped }: Made): number =>
  model.manifest.model.dimensions * (isFlipped ? 2 : 1);

/** What every report tells of pictures that were embedded. */
export const summaryOf = (made: Made, rows: readonly Row[]) => {
  const { items, vectors, model, remade, engine, seconds } = made;
  return {
    model: model.manifest.id,
    dimensions: dimensionsOf(made),
    files: rows.map(({ item }) => item.file),
    noFace: items.filter((_, index) => vectors[index]?.kind === 'no-face').map(({ file }) => file),
    failed: items.flatMap(({ file }, index) => {
      const vector = vectors[index];
      return vector?.kind === 'failed' ? [{ file, reason: vector.reason }] : [];
    }),
    remade: [...remade],
    seconds,
    imagesPerSecond: seconds > 0 ? items.length / seconds : 0,
    engine: engine.info,
  };
};

/** Makes vectors in a folder of their own, which goes when `use` has used them. @throws a failure, or the signal's reason when it is aborted */
export const withVectors = async <Result>(
  { home, host, now }: Studio,
  request: EmbedRequest,
  hooks: WorkHooks,
  checkItems: (items: readonly EmbedItem[]) => void | Promise<void>,
  use: (made: Made) => Promise<Result>,
): Promise<Result> => {
  const startedMs = now();
  const model = await findModel({ home, workspace: request.workspace ?? null }, request.model);
  const found = await itemsOf(request.paths, model.manifest.model.preprocessing, hooks.signal);
  await checkItems(found.items);
  const folder = join(home, 'cache', `vectors-${randomBytes(6).toString('hex')}`);
  const wish = { choice: request.engine, gpuMemoryFraction: 1, networkCores: 'all' } as const;
  const engine = await host.acquire(wish, hooks.signal);
  try {
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const run = { engine, model: loadableOf(model), isFlipped: request.isFlipped, folder };
    const vectors = await embedItems(found.items, run, hooks);
    const seconds = (now() - startedMs) / 1000;
    return await use({ ...found, model, vectors, engine, isFlipped: request.isFlipped, seconds });
  } finally {
    engine.release();
    await rm(folder, { recursive: true, force: true });
  }
};

/** @throws UNUSABLE when there is nothing to embed */
export const assertPictures = (items: readonly EmbedItem[]): void => {
  if (items.length === 0)
    throw unusable(
      'There are no pictures in what was given: name photos, folders of photos or aligned folders.',
    );
};

/** @throws UNUSABLE for an output that is a folder, or one of the pictures */
const checkOutput = async (output: VectorOutput, items: readonly EmbedItem[]): Promise<void> => {
  if (output.format === 'facenet') return;
  const found = await stat(output.path).catch(() => null);
  if (found === null) return;
  if (found.isDirectory()) throw unusable(`${output.path} is a folder: name a file for the vectors.`);
  const targets = [resolve(output.path), await realpath(output.path)];
  if (items.some(({ work }) => 'path' in work && targets.includes(work.path)))
    throw unusable(`${output.path} is one of the pictures, which are never written: name another file.`);
};

/** Makes the vectors of pictures and writes them. @throws a failure, or the signal's reason when it is aborted */
export const embed = async (
  studio: Studio,
  request: EmbedRequest & { readonly output: VectorOutput | null },
  hooks: WorkHooks,
): Promise<EmbedReport> => {
  const { output } = request;
  const check = async (items: readonly EmbedItem[]): Promise<void> => {
    assertPictures(items);
    if (output !== null) await checkOutput(output, items);
  };
  return withVectors(studio, request, hooks, check, async (made) => {
    const rows = rowsOf(made);
    const summary = summaryOf(made, rows);
    if (output !== null) {
      const vectors = {
        files: summary.files,
        labels: rows.map(({ item }) => item.label),
        dimensions: summary.dimensions,
        rows: rowsAt(
          rows.map(({ place }) => place),
          summary.dimensions,
        ),
      };
      try {
        await writeVectors({ ...output, path: resolve(output.path) }, vectors);
      } catch (error) {
        throw writeFailure(error, dirname(resolve(output.path)));
      }
    }
    return { ...summary, output: output?.path ?? null };
  });
};

/** Distances between the faces of pictures. @throws a failure, or the signal's reason when it is aborted */
export const compare = (studio: Studio, request: EmbedRequest, hooks: WorkHooks): Promise<CompareReport> => {
  const check = (items: readonly EmbedItem[]): void => {
    assertPictures(items);
    if (items.length > MOST_COMPARED)
      throw unusable(
        `${String(items.length)} pictures are too many to compare all with all, ${basename(request.paths[0] ?? '')} among them: take at most ${String(MOST_COMPARED)}, or "facenet-studio embed".`,
      );
  };
  return withVectors(studio, request, hooks, check, async (made) => {
    const rows = rowsOf(made);
    const summary = summaryOf(made, rows);
    const vectors: Float32Array[] = [];
    for await (const vector of rowsAt(
      rows.map(({ place }) => place),
      summary.dimensions,
    ))
      vectors.push(vector);
    const threshold = made.isFlipped ? null : (made.model.manifest.threshold?.distance ?? null);
    return { ...summary, distances: distancesBetween(vectors), threshold };
  });
};
