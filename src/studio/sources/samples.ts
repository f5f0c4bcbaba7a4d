import { existsSync } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../node/processes/entry.ts';
import { failed } from '../failure.ts';
import { makeFolder } from '../../node/files/folders.ts';

const PACKAGE = '@vladmandic/face-api';
const SAMPLE_NAME = /^sample\d+\.jpg$/;
/** From LICENSE of that package. */
export const SAMPLES_LICENCE = 'MIT licence, (c) Vladimir Mandic: the demo photos of @vladmandic/face-api';

const packageFolder = (): string => {
  const places = createRequire(join(PROJECT_FOLDER, 'package.json')).resolve.paths(PACKAGE) ?? [];
  const folder = places.map((place) => join(place, PACKAGE, 'demo')).find((place) => existsSync(place));
  if (folder === undefined)
    throw failed(`The sample photos are missing because the package ${PACKAGE} is: run "npm run setup".`);
  return folder;
};

/** Names of the sample photos, and the folder that they come from. @throws a failure when their package is missing */
export const findSamples = async (): Promise<{
  readonly folder: string;
  readonly names: readonly string[];
}> => {
  const folder = packageFolder();
  return { folder, names: (await readdir(folder)).filter((name) => SAMPLE_NAME.test(name)).sort() };
};

/** Puts the sample photos into a folder of their own, where nothing but photos lies. */
export const copySamples = async (target: string): Promise<void> => {
  const { folder, names } = await findSamples();
  await makeFolder(target);
  for (const name of names)
    if (!existsSync(join(target, name))) await copyFile(join(folder, name), join(target, name));
};
