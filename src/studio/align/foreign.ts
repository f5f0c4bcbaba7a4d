import { readdir, realpath } from 'node:fs/promises';
import { posix } from 'node:path';
import type { PlannedOutput } from '../../core/align/plan-outputs.ts';
import { systemCode, unusable } from '../failure.ts';
import { isWithin } from '../files/paths.ts';
import type { Layout } from './layout.ts';

const CROP_NAME = /^(?<stem>.+)\.png$/s;
const NUMBERED_CROP_NAME = /^(?<stem>.+)_\d+\.png$/s;

/** For each crop of the folder its stem and its name. */
const cropsIn = async (
  layout: Layout,
  folder: string,
  pattern: RegExp,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const path = layout.absolute(folder);
  let names: readonly string[];
  try {
    if (!isWithin(layout.folder, await realpath(path))) {
      throw unusable(
        `${path} is a link that leads out of the output folder: remove it or choose another output folder.`,
      );
    }
    names = await readdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return new Map();
    if (systemCode(error) === 'ENOTDIR')
      throw unusable(`${path} is a file, but a folder is needed there: choose another output folder.`);
    throw error;
  }
  const crops = new Map<string, string[]>();
  for (const name of names) {
    const stem = pattern.exec(name)?.groups?.['stem'];
    if (stem === undefined) continue;
    const key = posix.join(folder, stem);
    crops.set(key, [...(crops.get(key) ?? []), posix.join(folder, name)]);
  }
  return crops;
};

/** The crops that lie in the output folder already, by stem; only in folders that the plan uses. @throws a failure for a link out of it */
export const cropsThere = async (
  layout: Layout,
  planned: readonly PlannedOutput[],
  isEveryFaceKept: boolean,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const there = new Map<string, readonly string[]>();
  for (const folder of new Set(planned.map(({ stem }) => posix.dirname(stem)))) {
    const crops = await cropsIn(layout, folder, isEveryFaceKept ? NUMBERED_CROP_NAME : CROP_NAME);
    for (const [stem, files] of crops) there.set(stem, files);
  }
  return there;
};
