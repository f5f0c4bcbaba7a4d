import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { systemCode } from '../failure.ts';
import { EXPORT_LEDGER } from '../exports/write-manifest.ts';
import { readKnownPeople, writeKnownPeople } from '../models/known-people.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw error;
  }
};

/** Digits of a photo's hash that names of crops begin with, those of half-written ones too. */
const HASH_DIGITS = 48;

/** Removes every crop of photos, whatever settings it was made with. @param photos SHA-256 in hexadecimal */
export const removeCrops = async ({ crops }: WorkspacePaths, photos: ReadonlySet<string>): Promise<void> => {
  const begins = new Set([...photos].map((photo) => photo.slice(0, HASH_DIGITS)));
  for (const folder of new Set([...photos].map((photo) => photo.slice(0, 2))))
    for (const name of await namesIn(join(crops, folder)))
      if (begins.has(name.replace(/^\./, '').slice(0, HASH_DIGITS)))
        await rm(join(crops, folder, name), { force: true });
};

const ExportLine = z.object({ photo: z.object({ sha256: z.string() }) });

const holdsAny = async (ledger: string, photos: ReadonlySet<string>): Promise<boolean> => {
  try {
    for await (const text of createInterface({ input: createReadStream(ledger, { encoding: 'utf8' }) })) {
      const line = ExportLine.safeParse(JSON.parse(text));
      if (line.success && photos.has(line.data.photo.sha256)) return true;
    }
    return false;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false;
    // A damaged list may hold anybody.
    if (error instanceof SyntaxError) return true;
    throw error;
  }
};

/** Names of the exports inside the workspace that hold any of the photos. */
export const exportsWith = async (
  { folder }: WorkspacePaths,
  photos: ReadonlySet<string>,
): Promise<readonly string[]> => {
  const exports = join(folder, 'exports');
  const found: string[] = [];
  for (const name of await namesIn(exports))
    if (await holdsAny(join(exports, name, EXPORT_LEDGER), photos)) found.push(name);
  return found;
};

/** Names of the models that were trained with a person. @throws FAILED for a registry that cannot be read */
export const modelsWith = async (
  { folder }: WorkspacePaths,
  names: ReadonlySet<string>,
): Promise<readonly string[]> =>
  ((await readKnownPeople(folder))?.models ?? [])
    .filter(({ identities }) => identities.some((name) => names.has(name)))
    .map(({ name }) => name);

/** Takes a person's names out of the registry; how many were taken is kept. */
export const forgetInRegistry = async (
  { folder }: WorkspacePaths,
  names: ReadonlySet<string>,
): Promise<void> => {
  const known = await readKnownPeople(folder);
  if (known === null) return;
  const models = known.models.map((model) => {
    const identities = model.identities.filter((name) => !names.has(name));
    return { ...model, identities, removed: model.removed + model.identities.length - identities.length };
  });
  await writeKnownPeople(folder, { ...known, models });
};
