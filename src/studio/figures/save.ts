import { join } from 'node:path';
import type { Figure } from '../../contract/figures.ts';
import { safeName, shortened } from '../../core/text/file-names.ts';
import { createExclusively } from '../../node/files/atomic.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import { drawSvg } from '../../node/images/draw-svg.ts';
import { unusable, writeFailure } from '../failure.ts';
import { realPathOf } from '../files/paths.ts';
import type { Studio } from '../studio.ts';
import { assertOutsideSources } from '../workspace/sources.ts';

const MOST_NUMBERS = 10_000;

const contentOf = async ({ format, text }: Figure): Promise<string | Uint8Array> => {
  if (format !== 'png') return text;
  try {
    return await drawSvg(text);
  } catch {
    throw unusable('The chart could not be drawn as PNG: save it as SVG.');
  }
};

/** Writes a figure; nothing is written over. @throws UNUSABLE or FAILED */
export const saveFigure = async (
  { workspaces }: Studio,
  figure: Figure,
): Promise<{ readonly file: string }> => {
  const { folder: given, name, format, workspace } = figure;
  const folder = await realPathOf(given);
  if (workspace !== null)
    await workspaces.use(workspace, 'read', ({ catalogue }) => {
      assertOutsideSources(catalogue, folder);
    });
  const content = await contentOf(figure);
  const stem = shortened(safeName(name));
  try {
    await makeFolderDurably(folder);
    for (let number = 1; number < MOST_NUMBERS; number += 1) {
      const file = join(folder, `${stem}${number === 1 ? '' : ` ${String(number)}`}.${format}`);
      if (await createExclusively(file, content)) return { file };
    }
  } catch (error) {
    throw writeFailure(error, folder);
  }
  throw unusable(`There are too many files of the name ${stem} in ${folder}: choose another folder.`);
};
