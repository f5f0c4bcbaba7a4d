import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { ModelId, type ModelManifest, type ModelTerms, type Preprocessing } from '../../contract/models.ts';
import {
  publishedByName,
  PUBLISHED_AT,
  UNKNOWN_MODEL,
  type PublishedModel,
} from '../../core/models/published.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolderDurably, syncFolder } from '../../node/files/folders.ts';
import { engineError } from '../engine/errors.ts';
import type { EngineLease } from '../engine/host.ts';
import { failed, unusable, writeFailure } from '../failure.ts';
import { OWNER_ONLY_FOLDER } from '../workspace/paths.ts';
import { notePeople } from './known-people.ts';
import { MANIFEST, modelsFolder, readRegistry, type ModelPlaces, type RegisteredModel } from './registry.ts';

const WEIGHTS = 'weights.safetensors';

/** Crops that the seed trained, published and measured its models with (facenet's wiki): its margins are in pixels of the photo. */
const SEED_CROPS: Pick<Preprocessing, 'crop' | 'alsoTakes'> = {
  crop: { style: 'relative', imageSizePx: 160, marginPx: 32 },
  alsoTakes: [
    { style: 'box', imageSizePx: 160, marginPx: 32 },
    { style: 'box', imageSizePx: 182, marginPx: 44 },
    { style: 'relative', imageSizePx: 182, marginPx: 44 },
  ],
};
const INPUT_PX = 160;
/** facenet, `fixed_image_standardization`. */
const FIXED: Preprocessing['standardisation'] = {
  kind: 'fixed',
  mean: [127.5, 127.5, 127.5],
  scale: 128,
};
/** The seed's models of 512 numbers are of 2018, when it began to standardise in a fixed way. */
const FIXED_SIZE = 512;

const idOfName = (file: string): string =>
  basename(file, extname(file))
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64) || 'model';

/** What is known of a file by its name. */
export const termsOf = (file: string): ModelTerms => {
  const known = publishedByName(basename(file));
  if (known === null)
    return { id: idOfName(file), title: `Inception-ResNet-v1 (${basename(file)})`, ...UNKNOWN_MODEL };
  const { id, title, trainedOn, terms } = known;
  return { id, title, trainedOn, terms, published: PUBLISHED_AT };
};

export type ImportRequest = {
  readonly file: string;
  readonly id?: string | undefined;
  readonly standardisation?: 'fixed' | 'per-image' | undefined;
};

type Read = Awaited<ReturnType<EngineLease['client']['importModel']>>;

const standardisationOf = (
  asked: ImportRequest['standardisation'],
  known: PublishedModel | null,
  { embeddingSize }: Read,
): Preprocessing['standardisation'] => {
  const kind = asked ?? known?.standardisation ?? (embeddingSize === FIXED_SIZE ? 'fixed' : 'per-image');
  return kind === 'fixed' ? FIXED : { kind };
};

const manifestOf = (request: ImportRequest, id: string, read: Read): ModelManifest => {
  const known = publishedByName(basename(request.file));
  const { title, published, trainedOn, terms } = termsOf(request.file);
  return {
    format: 1,
    id,
    title,
    model: {
      architecture: 'inception-resnet-v1',
      dimensions: read.embeddingSize,
      isUnitLength: true,
      preprocessing: {
        ...SEED_CROPS,
        inputSizePx: INPUT_PX,
        colour: 'rgb',
        standardisation: standardisationOf(request.standardisation, known, read),
      },
    },
    threshold: null,
    weights: { kind: 'safetensors', file: WEIGHTS, package: null, sha256: read.weightsSha256 },
    origin: { published, trainedOn, terms, importedSha256: read.sourceSha256 },
  };
};

/** Has the engine read the file, since it comes from nobody knows where. @throws UNUSABLE with what was found */
const readInto = async (engine: EngineLease, file: string, folder: string): Promise<Read> => {
  try {
    const signal = AbortSignal.any([engine.lost]);
    return await engine.client.importModel(
      { file: resolve(file), output: join(folder, WEIGHTS) },
      { signal },
    );
  } catch (error) {
    const known = engineError(error);
    if (known?.code === 'MODEL_REFUSED') throw unusable(`${file} cannot be imported: ${known.data.message}`);
    if (known?.code === 'ENGINE_UNAVAILABLE') throw failed(`${known.data.reason} ${known.data.advice}`);
    throw error;
  }
};

/**
 * Imports a model into a workspace where one is named, else into the person's data folder; the model is there whole or not at all.
 * @throws UNUSABLE for a file that is no such model, and for an id that another model has
 */
export const importModel = async (
  places: ModelPlaces,
  engine: EngineLease,
  request: ImportRequest,
): Promise<{ readonly model: RegisteredModel; readonly isNew: boolean }> => {
  const place = places.workspace === null ? 'user' : 'workspace';
  const parent = modelsFolder(places, place) ?? places.home;
  const id = request.id ?? termsOf(request.file).id;
  if (!ModelId.safeParse(id).success)
    throw unusable(
      `${id} cannot be the id of a model: take small letters, digits, dots and hyphens, at most 64.`,
    );
  await makeFolderDurably(parent, OWNER_ONLY_FOLDER);
  const draft = join(parent, `.${id}-${randomBytes(6).toString('hex')}`);
  try {
    await makeFolderDurably(draft, OWNER_ONLY_FOLDER);
    const manifest = manifestOf(request, id, await readInto(engine, request.file, draft));
    const there = (await readRegistry(places)).models.find((model) => model.manifest.id === id);
    if (there !== undefined) {
      if (JSON.stringify(there.manifest) === JSON.stringify(manifest)) return { model: there, isNew: false };
      throw unusable(`There is another model ${id} already: give this one another name with --id.`);
    }
    await writeTextDurably(join(draft, MANIFEST), [`${JSON.stringify(manifest, null, 2)}\n`]);
    const folder = join(parent, id);
    await rename(draft, folder);
    await syncFolder(parent);
    if (places.workspace !== null) await notePeople(places.workspace, { name: id, identities: [] });
    return { model: { manifest, folder, place }, isNew: true };
  } catch (error) {
    throw writeFailure(error, parent);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};
