import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseCfpPairs } from '../../core/pairs/cfp-pairs.ts';
import { PairListError, type PairList } from '../../core/pairs/pair-list.ts';
import { parsePairs } from '../../core/pairs/parse-pairs.ts';
import { isFailure, systemCode, unusable } from '../failure.ts';

const SPLIT = /^\d+$/;

/** @throws UNUSABLE for what is no text: a picture, an archive, or a text of Windows' other encoding */
const readText = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8');
  if (text.includes('\0'))
    throw unusable(`${path} is no text in UTF-8: give a list of pairs, or save it as UTF-8.`);
  return text;
};

/** Texts of CFP's protocol: `folder` is `.../Split/FP` or `.../Split/FF`, the lists of files lie two folders above. */
const readCfpFolder = async (folder: string): Promise<PairList> => {
  const lists = dirname(dirname(folder));
  const second = basename(folder).toUpperCase() === 'FF' ? 'F' : 'P';
  const splits = (await readdir(folder)).filter((name) => SPLIT.test(name)).sort();
  if (splits.length === 0) {
    throw unusable(
      `${folder} holds no splits: give a list of pairs, or the folder Split/FP or Split/FF of CFP's protocol.`,
    );
  }
  const read = (...parts: readonly string[]): Promise<string> => readText(join(...parts));
  return parseCfpPairs({
    firstFiles: await read(lists, 'Pair_list_F.txt'),
    secondFiles: await read(lists, `Pair_list_${second}.txt`),
    folds: await Promise.all(
      splits.map(async (split) => ({
        same: await read(folder, split, 'same.txt'),
        different: await read(folder, split, 'diff.txt'),
      })),
    ),
  });
};

/** Reads a list of pairs in any of the formats of core/pairs. @throws UNUSABLE naming file and line */
export const readPairs = async (path: string): Promise<PairList> => {
  try {
    const isFolder = (await stat(path)).isDirectory();
    return isFolder ? await readCfpFolder(path) : parsePairs(await readText(path));
  } catch (error) {
    if (isFailure(error)) throw error;
    if (error instanceof PairListError) throw unusable(`${path}, ${error.message}`);
    const code = systemCode(error);
    if (code === null) throw error;
    const named =
      error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : path;
    throw unusable(
      code === 'ENOENT'
        ? `There is no list of pairs at ${named}.`
        : `The list of pairs at ${named} cannot be read (${code}).`,
    );
  }
};
