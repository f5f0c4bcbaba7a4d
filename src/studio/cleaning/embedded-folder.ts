import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import type { EmbeddedFolder } from '../../contract/folder-faces.ts';
import type { LabelledFaces } from '../../core/cleaning/labelled-faces.ts';
import { readNpy } from '../../node/codecs/read-npy.ts';
import { asError, systemCode, unusable } from '../failure.ts';

/** Faces of a folder with their vectors, and the names for what the numbers stand for. */
export type NamedFaces = LabelledFaces & {
  readonly files: readonly string[];
  readonly identities: readonly string[];
};

const Listing = z.object({ files: z.array(z.string()) });

const namesIn = (text: string): readonly string[] => {
  if (!text.trimStart().startsWith('{')) return text.split(/\r?\n/).filter((line) => line !== '');
  return Listing.parse(JSON.parse(text)).files;
};

const textOf = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw unusable(`${file} cannot be read: ${asError(error).message}`);
  }
};

const readNames = async ({ embeddings, files }: EmbeddedFolder): Promise<readonly string[]> => {
  const stem = embeddings.replace(/\.npy$/i, '');
  const places = files === null ? [`${stem}.json`, `${stem}.txt`] : [files];
  for (const place of places) {
    const text = await textOf(place);
    if (text === null) continue;
    try {
      return namesIn(text);
    } catch {
      throw unusable(`${place} names no files: give lines of paths, or the JSON document of "embed --json".`);
    }
  }
  throw unusable(
    `There is no ${places.join(' or ')} that names the file of each row of ${embeddings}: name one with --files.`,
  );
};

/** The folder that a file lies in, relative to the root; null for one that lies in the root itself and belongs to nobody. */
const identityOfFile = (file: string): string | null => {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? null : file.slice(0, slash);
};

/** Labels files by the folders that they lie in. */
export const labelByFolder = (
  files: readonly string[],
): { readonly identityOf: Int32Array; readonly identities: readonly string[] } => {
  const places = new Map<string, number>();
  const identityOf = Int32Array.from(files, (file) => {
    const identity = identityOfFile(file);
    if (identity === null) return -1;
    const place = places.get(identity) ?? places.size;
    places.set(identity, place);
    return place;
  });
  return { identityOf, identities: [...places.keys()] };
};

const firstNotFinite = (values: Float32Array): number => values.findIndex((value) => !Number.isFinite(value));

/**
 * Reads the vectors of a folder's faces.
 * @throws UNUSABLE with one sentence when folder, vectors and names do not fit together, or a vector is not of finite numbers
 */
export const readEmbeddedFolder = async (of: EmbeddedFolder): Promise<NamedFaces> => {
  const found = await stat(of.folder).catch(() => null);
  if (found?.isDirectory() !== true) throw unusable(`There is no folder ${of.folder}.`);
  const array = await readNpy(of.embeddings).catch((error: unknown) => {
    throw unusable(
      systemCode(error) === 'ENOENT' ? `There is no file ${of.embeddings}.` : asError(error).message,
    );
  });
  const [count, dimensions, ...more] = array.shape;
  if (count === undefined || dimensions === undefined || dimensions === 0 || more.length > 0)
    throw unusable(`${of.embeddings} has the shape (${array.shape.join(', ')}), not one row for each face.`);
  const files = await readNames(of);
  if (files.length !== count)
    throw unusable(
      `${of.embeddings} has ${String(count)} rows, and ${String(files.length)} files are named: they must be the same.`,
    );
  const bad = firstNotFinite(array.values);
  if (bad >= 0)
    throw unusable(
      `The row of ${files[Math.floor(bad / dimensions)] ?? ''} in ${of.embeddings} holds a value that is not a finite number: embed it again.`,
    );
  const { identityOf, identities } = labelByFolder(files);
  return {
    files,
    identities,
    identityOf,
    identityCount: identities.length,
    vectors: { count, dimensions, values: array.values },
  };
};
