import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { partName, writerOfPart } from '../../node/files/part-name.ts';
import { isRunning } from '../../node/processes/running.ts';
import { makeOutputFolder } from '../align/folders.ts';
import type { Database } from '../catalogue/database.ts';
import { failed, systemCode, unusable, writeFailure } from '../failure.ts';
import { syncFolder } from '../../node/files/folders.ts';
import { isWithin, realPathOf } from '../files/paths.ts';
import { shownPath } from '../scan/names.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';

type FolderRow = { readonly folder: Uint8Array };

const assertApart = (catalogue: Database, { folder: workspace }: WorkspacePaths, output: string): void => {
  const sources = catalogue
    .all<FolderRow>('SELECT folder FROM sources ORDER BY id')
    .map(({ folder }) => shownPath(folder));
  for (const source of sources)
    if (isWithin(source, output) || isWithin(output, source))
      throw unusable(
        `${output} and the folder of originals ${source} lie one inside the other: originals are never written, so choose a folder elsewhere.`,
      );
  const exports = join(workspace, 'exports');
  if (
    isWithin(output, workspace) ||
    (isWithin(workspace, output) && (!isWithin(exports, output) || output === exports))
  )
    throw unusable(
      `${output} belongs to the workspace itself: choose a folder elsewhere, or one in ${exports}.`,
    );
};

/** Whether a folder is there; it is empty then. @throws UNUSABLE for anything else */
export const isEmptyFolder = async (output: string): Promise<boolean> => {
  try {
    if ((await readdir(output)).length === 0) return true;
    throw unusable(`${output} is not empty: choose a new or an empty folder.`);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    if (systemCode(error) === 'ENOTDIR') throw unusable(`${output} is not a folder: choose another one.`);
    throw error;
  }
};

/**
 * The real path of the folder that an export is to be.
 * @throws UNUSABLE when it holds something, is no folder, or lies in a source, around one, or among the workspace's own files
 */
export const checkDestination = async (
  catalogue: Database,
  paths: WorkspacePaths,
  given: string,
): Promise<string> => {
  if (given.trim() === '') throw unusable('No folder is named: name the folder for the export.');
  const output = await realPathOf(given);
  assertApart(catalogue, paths, output);
  await isEmptyFolder(output);
  return output;
};

/** Removes what exports into the same folder left that were killed. */
const removeLeftovers = async (output: string): Promise<void> => {
  const parent = dirname(output);
  for (const name of await readdir(parent)) {
    const writer = writerOfPart(name);
    const isLeft = writer?.isOfThisHost === true && !isRunning(writer.pid);
    if (isLeft) await rm(join(parent, name), { recursive: true, force: true });
  }
};

/** A folder that becomes the export at once, or is removed. */
export type Draft = {
  /** Absolute path while it is being written. */
  readonly folder: string;
  /** Gives it the export's name, durably. Everything in it is on the disk already. @throws FAILED */
  publish(): Promise<void>;
  discard(): Promise<void>;
};

/** Begins an export beside where it is to be. @throws UNUSABLE or FAILED when nothing can be written there */
export const beginDraft = async (output: string): Promise<Draft> => {
  const parent = dirname(output);
  await makeOutputFolder(parent);
  await removeLeftovers(output);
  const folder = join(parent, partName(output));
  try {
    await mkdir(folder);
  } catch (error) {
    throw writeFailure(error, parent);
  }
  return {
    folder,
    async publish() {
      // Windows renames onto no folder, not even an empty one.
      if (await isEmptyFolder(output)) await rmdir(output);
      await syncFolder(folder);
      try {
        await rename(folder, output);
      } catch (error) {
        if (['EEXIST', 'ENOTEMPTY'].includes(systemCode(error) ?? ''))
          throw failed(`Somebody else wrote into ${output} meanwhile: choose another folder for the export.`);
        throw writeFailure(error, output);
      }
      await syncFolder(parent);
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
};
