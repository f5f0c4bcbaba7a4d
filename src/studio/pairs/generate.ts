import { dirname, extname, resolve } from 'node:path';
import type { PairGeneration, PairGenerationReport } from '../../contract/pairs.ts';
import { generatePairs, TooFewImages, type PersonImages } from '../../core/pairs/generate-pairs.ts';
import { notNamedByLfw, writeCsvPairs, writeLfwPairs } from '../../core/pairs/write-pairs.ts';
import { pairDistances } from '../../core/verification/distance.ts';
import { createExclusively } from '../../node/files/atomic.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import { unusable, writeFailure } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { byModel } from '../validation/asked-model.ts';
import { embedPictures, namePictures, type EmbeddedPictures, type NamedPictures } from './set-of-pictures.ts';

const FORMATS = new Map<string, PairGenerationReport['format']>([
  ['.txt', 'lfw'],
  ['.csv', 'csv'],
]);

const formatOf = (output: string): PairGenerationReport['format'] => {
  const format = FORMATS.get(extname(output).toLowerCase());
  if (format === undefined)
    throw unusable(
      `${output} should end in .txt, for LFW's own format, or in .csv: its format is known by that.`,
    );
  return format;
};

const peopleOf = ({ files, labels }: NamedPictures, isTaken: (place: number) => boolean): PersonImages[] => {
  const people = new Map<string, string[]>();
  labels.forEach((label, place) => {
    const file = files[place];
    if (label === null || file === undefined || !isTaken(place)) return;
    const images = people.get(label) ?? [];
    people.set(label, images);
    images.push(file);
  });
  return [...people].map(([identity, images]) => ({ identity, images }));
};

/** The distance of two pictures by their names. */
const distanceBetweenFiles = ({ files, rows, vectors }: EmbeddedPictures) => {
  const places = new Map(files.map((file, place) => [file, place]));
  const rowOf = (file: string): number => {
    const row = rows[places.get(file) ?? -1];
    return typeof row === 'number' ? row : -1;
  };
  return (first: string, second: string): number =>
    pairDistances(
      vectors,
      { first: Int32Array.of(rowOf(first)), second: Int32Array.of(rowOf(second)) },
      'squared-euclidean',
    )[0] ?? Number.POSITIVE_INFINITY;
};

const write = async (output: string, text: string): Promise<void> => {
  const folder = dirname(output);
  try {
    await makeFolderDurably(folder);
    if (!(await createExclusively(output, text)))
      throw unusable(`${output} is there already: choose another name, or take it away.`);
  } catch (error) {
    throw writeFailure(error, folder);
  }
};

/** Makes a list of pairs and writes it. @throws UNUSABLE, FAILED, or the signal's reason */
export const generateList = async (
  studio: Studio,
  request: PairGeneration,
  hooks: WorkHooks,
): Promise<PairGenerationReport> => {
  const { folder, folds, pairsOfEachKind, seed, isIdentityDisjoint, hard, engine: choice } = request;
  const output = resolve(request.output);
  const format = formatOf(output);
  const embedded =
    hard === null ? null : await embedPictures(studio, folder, { asked: byModel(hard.model), choice }, hooks);
  const pictures = embedded ?? (await namePictures(studio, folder, hooks));
  const people = peopleOf(pictures, (place) => embedded === null || typeof embedded.rows[place] === 'number');
  if (people.length === 0)
    throw unusable(
      `${folder} holds no pictures of named people: pairs are made of a workspace, or of a folder with a folder for each person.`,
    );
  const rules = { folds, pairsOfEachKind, seed, isIdentityDisjoint };
  const list = (() => {
    try {
      return generatePairs(people, {
        ...rules,
        hard:
          hard === null || embedded === null
            ? null
            : { candidates: hard.candidates, distance: distanceBetweenFiles(embedded) },
      });
    } catch (error) {
      throw error instanceof TooFewImages ? unusable(error.message) : error;
    }
  })();
  const odd = format === 'lfw' ? notNamedByLfw(list) : null;
  if (odd !== null)
    throw unusable(
      `LFW's format names pictures as person/person_0001, which ${odd.first} and ${odd.second} are not: write a .csv instead.`,
    );
  hooks.signal.throwIfAborted();
  await write(output, format === 'lfw' ? writeLfwPairs(list, folds) : writeCsvPairs(list));
  const taken = people.reduce((sum, { images }) => sum + images.length, 0);
  return {
    ...{ output, format, folds, seed },
    pairs: list.length,
    people: people.length,
    pictures: taken,
    leftOut: pictures.files.length - taken,
    engine: embedded?.engine ?? null,
  };
};
