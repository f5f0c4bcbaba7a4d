import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createCatalogue, isUnfinishedCatalogue } from '../catalogue/open.ts';
import { systemCode, unusable, writeFailure } from '../failure.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import { realPathOf } from '../files/paths.ts';
import { OWNER_ONLY_FOLDER, pathsOf, WORKSPACE_FOLDERS } from './paths.ts';

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    if (systemCode(error) === 'ENOTDIR')
      throw unusable(`${folder} is not a folder: choose another one for the workspace.`);
    throw error;
  }
};

/**
 * Makes a workspace in a folder that is new or empty; gives the folder's real path. The catalogue comes last: without it there is no
 * workspace, and what a crash left of one may be made again.
 * @throws a failure that says why it cannot be made there
 */
export const createWorkspace = async (given: string): Promise<string> => {
  if (given.trim() === '') throw unusable('No folder is named: name the folder for the workspace.');
  try {
    const folder = await realPathOf(given);
    const names = await namesIn(folder);
    if (names.includes('catalogue.sqlite')) throw unusable(`${given} is a workspace already.`);
    const ours: ReadonlySet<string> = new Set(WORKSPACE_FOLDERS);
    const unfinished = names.filter(isUnfinishedCatalogue);
    if (names.some((name) => !ours.has(name) && !unfinished.includes(name)))
      throw unusable(`${given} is not empty: choose a new or an empty folder for the workspace.`);
    await makeFolderDurably(folder, OWNER_ONLY_FOLDER);
    await chmod(folder, OWNER_ONLY_FOLDER);
    for (const name of unfinished) await rm(join(folder, name), { force: true });
    for (const name of WORKSPACE_FOLDERS)
      await mkdir(join(folder, name), { recursive: true, mode: OWNER_ONLY_FOLDER });
    await createCatalogue(pathsOf(folder).catalogue);
    return folder;
  } catch (error) {
    if (systemCode(error) === 'ENOTDIR')
      throw unusable(`${given} is not a folder: choose another one for the workspace.`);
    if (systemCode(error) === 'EEXIST') throw unusable(`${given} is a workspace already.`);
    throw writeFailure(error, given);
  }
};
