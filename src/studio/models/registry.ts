import { createRequire } from 'node:module';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { ModelManifest, type ListedModel, type LoadableModel } from '../../contract/models.ts';
import { PROJECT_FOLDER } from '../../node/processes/entry.ts';
import { systemCode, unusable } from '../failure.ts';

/** The model that is used where nobody names one. */
export const DEFAULT_MODEL = 'face-api-128';

export const MANIFEST = 'model.json';

/** A model and where it lies. */
export type RegisteredModel = {
  readonly manifest: ModelManifest;
  readonly folder: string;
  readonly place: ListedModel['place'];
};

/** Folders that hold models, each in a folder of its own name. */
export type ModelPlaces = { readonly home: string; readonly workspace: string | null };

/** The folder of a place. */
export const modelsFolder = (places: ModelPlaces, place: ListedModel['place']): string | null => {
  if (place === 'program') return join(PROJECT_FOLDER, 'resources', 'models');
  const folder = place === 'user' ? places.home : places.workspace;
  return folder === null ? null : join(folder, 'models');
};

const foldersIn = async (folder: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => join(folder, name))
      .sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
};

/** The manifest of a model's folder, or a sentence that says why it cannot be used; null where there is none. */
const readManifest = async (folder: string): Promise<ModelManifest | string | null> => {
  const file = join(folder, MANIFEST);
  try {
    return ModelManifest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      return `${file} is damaged or of another version of this program: import the model again.`;
    throw error;
  }
};

export type Registry = { readonly models: readonly RegisteredModel[]; readonly problems: readonly string[] };

/** All models; of several with one id that of the workspace, then that of the person, counts. */
export const readRegistry = async (places: ModelPlaces): Promise<Registry> => {
  const models = new Map<string, RegisteredModel>();
  const problems: string[] = [];
  for (const place of ['program', 'user', 'workspace'] as const) {
    const parent = modelsFolder(places, place);
    if (parent === null) continue;
    for (const folder of await foldersIn(parent)) {
      const manifest = await readManifest(folder);
      if (typeof manifest === 'string') problems.push(manifest);
      else if (manifest !== null) models.set(manifest.id, { manifest, folder, place });
    }
  }
  return { models: [...models.values()], problems };
};

/** A model by its id, the default one without. @throws UNUSABLE naming those that there are */
export const findModel = async (
  places: ModelPlaces,
  id: string = DEFAULT_MODEL,
): Promise<RegisteredModel> => {
  const { models } = await readRegistry(places);
  const found = models.find(({ manifest }) => manifest.id === id);
  if (found !== undefined) return found;
  const known = models.map(({ manifest }) => manifest.id).join(', ');
  throw unusable(
    `There is no model ${id}: there are ${known}; "facenet-studio models import <file.pb>" brings in others.`,
  );
};

/** What the engine is told of a model. @throws UNUSABLE when the package that ships its weights is not installed */
export const loadableOf = ({ manifest, folder }: RegisteredModel): LoadableModel => {
  const { kind, file, sha256, package: shippedIn } = manifest.weights;
  const within = (): string => {
    if (shippedIn === null) return folder;
    try {
      return dirname(createRequire(import.meta.url).resolve(`${shippedIn}/package.json`));
    } catch {
      throw unusable(
        `The weights of ${manifest.id} come with the package ${shippedIn}, which is not installed: run "npm ci".`,
      );
    }
  };
  return { model: manifest.model, weights: { kind, file: join(within(), file), sha256 } };
};

/** A model as it is told of. */
export const listedOf = ({ manifest, place }: RegisteredModel): ListedModel => ({
  id: manifest.id,
  title: manifest.title,
  place,
  isDefault: manifest.id === DEFAULT_MODEL,
  dimensions: manifest.model.dimensions,
  preprocessing: manifest.model.preprocessing,
  threshold: manifest.threshold,
  origin: manifest.origin,
});
