import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LastVerify } from '../../contract/workspace-care.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeOutputFolder } from '../align/folders.ts';
import { systemCode } from '../failure.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';

/** In the cache, which a restore and the removal of a person empty: what was checked then is no more. */
const fileOf = ({ cache }: WorkspacePaths): string => join(cache, 'verified.json');

/** Notes what a check found. @throws an error of the disk */
export const noteVerify = async (paths: WorkspacePaths, last: LastVerify): Promise<void> => {
  await makeOutputFolder(paths.cache);
  await writeTextDurably(fileOf(paths), [`${JSON.stringify(last)}\n`]);
};

/** What was noted last; null without, and for a note of another version of the program. */
export const readLastVerify = async (paths: WorkspacePaths): Promise<LastVerify | null> => {
  let text: string;
  try {
    text = await readFile(fileOf(paths), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    return LastVerify.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};
