import { stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { FacesToEmbed } from '../../contract/engine.ts';
import { DetectSettings, type Reason } from '../../contract/faces.ts';
import type { Preprocessing } from '../../contract/models.ts';
import type { Remade } from '../../contract/embedding.ts';
import { problemOfError } from '../scan/problems.ts';
import { scanFolder, type Found } from '../scan/scan.ts';
import { readAlignedFolder, type AlignedFolder } from './aligned-folder.ts';

/** A picture of which a vector is wanted. */
export type EmbedItem = {
  /** As given, or the given folder joined with the relative path. */
  readonly file: string;
  /** The name of the folder that it lies in: whom it shows, in folders of classes. */
  readonly label: string;
  readonly work: { readonly path: string; readonly faces: FacesToEmbed } | { readonly problem: Reason };
};

export type EmbedItems = { readonly items: readonly EmbedItem[]; readonly remade: readonly Remade[] };

const joinAsGiven = (folder: string, file: string): string =>
  folder.endsWith('/') || folder.endsWith(sep) ? folder + file : `${folder}/${file}`;

const labelOf = (path: string): string => path.split(/[/\\]/).at(-2) ?? '';

/** Looks for the face of a photo as `align` does. */
export const AS_ALIGN: FacesToEmbed = { kind: 'found', detect: DetectSettings.parse({}) };

const itemOf = (
  given: string,
  root: string,
  { file, problem }: Found,
  faces: FacesToEmbed,
  path?: string,
): EmbedItem => {
  const absolute = join(root, file);
  return {
    file: joinAsGiven(given, file),
    label: labelOf(absolute),
    work:
      problem === null
        ? { path: path ?? absolute, faces }
        : { problem: { code: problem.code, message: problem.message } },
  };
};

const itemsOfAligned = (given: string, aligned: AlignedFolder, found: readonly Found[]): EmbedItems => {
  const remade = new Map<string, Remade>();
  const items = found.map((each) => {
    const { faces, path, instead } = aligned.faceOf(each.file);
    if (instead !== null && each.problem === null) {
      const known = remade.get(instead.why);
      remade.set(instead.why, { ...instead, files: (known?.files ?? 0) + 1 });
    }
    return itemOf(given, aligned.folder, each, faces, path);
  });
  return { items, remade: [...remade.values()] };
};

/** What a path holds, by the model's contract of crops. Files that are no pictures are left out, but where one was named. */
const itemsOfPath = async (
  given: string,
  preprocessing: Preprocessing,
  signal: AbortSignal,
): Promise<EmbedItems> => {
  const path = resolve(given);
  try {
    if (!(await stat(path)).isDirectory())
      return { items: [{ file: given, label: labelOf(path), work: { path, faces: AS_ALIGN } }], remade: [] };
    const found = (await scanFolder(path, signal)).filter(({ problem }) => problem?.status !== 'skipped');
    const aligned = await readAlignedFolder(path, preprocessing);
    if (aligned !== null) return itemsOfAligned(given, aligned, found);
    return { items: found.map((each) => itemOf(given, path, each, AS_ALIGN)), remade: [] };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = problemOfError(error, false);
    const told = code === 'missing' ? 'There is no such file or folder.' : message;
    return {
      items: [{ file: given, label: labelOf(path), work: { problem: { code, message: told } } }],
      remade: [],
    };
  }
};

/** All that paths hold, in the order given. @throws the signal's reason when it is aborted */
export const itemsOf = async (
  paths: readonly string[],
  preprocessing: Preprocessing,
  signal: AbortSignal,
): Promise<EmbedItems> => {
  const items: EmbedItem[] = [];
  const remade: Remade[] = [];
  for (const path of paths) {
    const each = await itemsOfPath(path, preprocessing, signal);
    for (const item of each.items) items.push(item);
    remade.push(...each.remade);
  }
  return { items, remade };
};
