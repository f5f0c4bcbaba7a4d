import { readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isFailure, systemCode, unusable, writeFailure } from '../failure.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import { isWithin, realPathOf } from '../files/paths.ts';

export type Folders = {
  /** Absolute, links resolved. */
  readonly input: string;
  /** Absolute, links resolved. */
  readonly output: string;
};

/** @throws UNUSABLE when a folder of photos is not there or cannot be read */
export const checkReadable = async (given: string): Promise<void> => {
  if (given.trim() === '') throw unusable('No input folder is named: name the folder that holds the photos.');
  const input = resolve(given);
  try {
    if (!(await stat(input)).isDirectory())
      throw unusable(`${given} is not a folder: name the folder that holds the photos.`);
    await readdir(input);
  } catch (error) {
    if (isFailure(error)) throw error;
    switch (systemCode(error)) {
      case 'ENOENT':
        throw unusable(`There is no folder ${given}: check the path.`);
      case 'EACCES':
      case 'EPERM':
        throw unusable(`There is no permission to read the folder ${given}: change its permissions.`);
      case 'ENOTDIR':
      case 'ELOOP':
      case 'ENAMETOOLONG':
        throw unusable(`${given} is not a folder that can be reached: check the path.`);
      default:
        throw error;
    }
  }
};

/** The folders of a job, checked against each other. @throws a failure that says why they cannot be used */
export const checkFolders = async (givenInput: string, givenOutput: string): Promise<Folders> => {
  await checkReadable(givenInput);
  if (givenOutput.trim() === '') throw unusable('No output folder is named: name the folder for the crops.');
  const input = await realPathOf(givenInput);
  const output = await realPathOf(givenOutput);
  const advice = 'originals are never written, so choose an output folder elsewhere.';
  if (input === output) throw unusable(`Input and output are the same folder ${givenInput}: ${advice}`);
  if (isWithin(input, output))
    throw unusable(`The output folder ${givenOutput} lies inside the input folder ${givenInput}: ${advice}`);
  if (isWithin(output, input))
    throw unusable(`The input folder ${givenInput} lies inside the output folder ${givenOutput}: ${advice}`);
  return { input, output };
};

/** Makes the output folder where it is missing, durably. @throws a failure that says why it cannot be made */
export const makeOutputFolder = async (output: string): Promise<void> => {
  try {
    await makeFolderDurably(output);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw unusable(`${output} is not a folder: choose another output folder.`);
    throw writeFailure(error, output);
  }
};
