import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { pathOf } from '../../core/pairs/pair-list.ts';
import { readNpy } from '../../node/codecs/read-npy.ts';
import { systemCode, unusable } from '../failure.ts';
import type { PictureVectors } from './picture-vectors.ts';

const EmbedDocument = z.object({ files: z.array(z.string()) });

/** Names of rows: the document that `embed --json` prints, or a path a line. */
const namesIn = (text: string, isJson: boolean): readonly string[] => {
  if (!isJson) return text.split(/\r?\n/).filter((line) => line !== '');
  return EmbedDocument.parse(JSON.parse(text)).files;
};

const readNames = async (file: string): Promise<readonly string[]> => {
  const stem = file.replace(/\.npy$/i, '');
  for (const ending of ['.json', '.txt']) {
    try {
      return namesIn(await readFile(stem + ending, 'utf8'), ending === '.json');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') continue;
      throw unusable(`${stem}${ending} does not say which file each row of ${file} is: ${String(error)}`);
    }
  }
  throw unusable(
    `Which file each row of ${file} is, must stand in ${stem}.json (what "embed --json" prints) or ${stem}.txt (a path a line).`,
  );
};

/** The vectors of a `.npy` file with their paths. @throws UNUSABLE */
export const readStoredVectors = async (file: string): Promise<PictureVectors> => {
  const names = await readNames(file);
  const { shape, values } = await readNpy(file).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') throw unusable(`There is no file of embeddings at ${file}.`);
    throw unusable(error instanceof Error ? error.message : String(error));
  });
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2)
    throw unusable(
      `${file} does not have two dimensions, faces and numbers of each: it is no table of embeddings.`,
    );
  if (rows !== names.length) {
    throw unusable(
      `${file} has ${String(rows)} rows, but ${String(names.length)} files are named beside it.`,
    );
  }
  const isNumber = (row: number): boolean =>
    values.subarray(row * columns, (row + 1) * columns).every((value) => Number.isFinite(value));
  return {
    files: names.map(pathOf),
    rows: names.map((_, row) =>
      isNumber(row) ? row : { why: 'its embedding holds something other than numbers' },
    ),
    vectors: { values, dimensions: columns },
    model: null,
    engine: null,
    remarks: [],
  };
};
