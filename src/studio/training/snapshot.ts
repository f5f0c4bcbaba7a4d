import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRequest } from '../../contract/runs.ts';
import type { TrainingImage } from '../../contract/trainer.ts';
import { splitImages } from '../../core/training/split.ts';
import { systemCode, unusable } from '../failure.ts';
import { scanFolder } from '../scan/scan.ts';

/** What a run trains on, as it was when the run began. */
export type Snapshot = {
  readonly images: readonly TrainingImage[];
  /** One line for each image. */
  readonly text: string;
  readonly sha256: string;
  readonly identities: number;
  readonly dropped: number;
  /** Files of class folders that are no usable images. */
  readonly unusable: number;
};

type Options = Pick<
  RunRequest,
  'dataFolder' | 'leastImagesPerClass' | 'validationRatio' | 'leastValidationImages'
> & { readonly seed: number };

const LEAST_CLASSES = 2;

const scan = async (folder: string) => {
  try {
    return await scanFolder(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw unusable(`There is no folder ${folder}: name the folder of the class folders.`);
    if (systemCode(error) === 'ENOTDIR')
      throw unusable(`${folder} is no folder: name the folder of the class folders.`);
    throw error;
  }
};

/** Images of class folders, and how many files in them are none. @throws UNUSABLE where there is no such folder */
export const scanClassFolders = async (
  folder: string,
): Promise<{
  readonly usable: readonly { readonly file: string; readonly identity: string }[];
  readonly unusable: number;
}> => {
  const found = (await scan(folder)).filter(({ file }) => file.includes('/'));
  const usable = found
    .filter(({ problem }) => problem === null)
    .map(({ file }) => ({ file, identity: file.slice(0, file.lastIndexOf('/')) }));
  return { usable, unusable: found.length - usable.length };
};

/** Lists the images of class folders and splits them. @throws UNUSABLE with what is wrong with the data */
export const takeSnapshot = async (options: Options): Promise<Snapshot> => {
  const found = await scanClassFolders(options.dataFolder);
  const candidates = await Promise.all(
    found.usable.map(async ({ file, identity }) => {
      const path = join(options.dataFolder, file);
      return { file: path, bytes: (await stat(path)).size, identity };
    }),
  );
  const { train, validation, dropped } = splitImages(candidates, options);
  const names = [...new Set(train.map(({ identity }) => identity))].sort();
  if (names.length < LEAST_CLASSES)
    throw unusable(
      `${options.dataFolder} has ${String(names.length)} ${names.length === 1 ? 'class' : 'classes'} to train on` +
        `${dropped.length > 0 ? ` (${String(dropped.length)} have too few images)` : ''}: a training needs at least two folders of images.`,
    );
  const labels = new Map(names.map((name, label) => [name, label]));
  const lineOf =
    (part: TrainingImage['part']) =>
    (image: (typeof candidates)[number]): TrainingImage => ({
      ...image,
      label: labels.get(image.identity) ?? -1,
      part,
    });
  const images = [...train.map(lineOf('train')), ...validation.map(lineOf('validation'))];
  const text = images.map((image) => `${JSON.stringify(image)}\n`).join('');
  return {
    images,
    text,
    sha256: createHash('sha256').update(text).digest('hex'),
    identities: names.length,
    dropped: dropped.length,
    unusable: found.unusable,
  };
};
