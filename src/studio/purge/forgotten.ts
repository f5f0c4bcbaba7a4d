import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Database } from '../catalogue/database.ts';
import { readProperty, writeProperty } from '../workspace/properties.ts';

/**
 * Originals of a person who was removed stay in their folders, and the next scan must not read them again. What is kept of them is a keyed
 * hash of each path: it tells whether a path is one of them, and no path can be read from it.
 */
const Forgotten = z.strictObject({ key: z.string(), paths: z.array(z.string()) });
type Forgotten = z.infer<typeof Forgotten>;

const KEY_BYTES = 32;
const HASH_BYTES = 16;
const NUL = Buffer.from([0]);

const readForgotten = (catalogue: Database): Forgotten | null => {
  const text = readProperty(catalogue, 'forgotten');
  return text === null ? null : Forgotten.parse(JSON.parse(text));
};

const hashOf = (key: string, folder: Uint8Array, path: Uint8Array): string =>
  createHmac('sha256', Buffer.from(key, 'base64'))
    .update(folder)
    .update(NUL)
    .update(path)
    .digest()
    .subarray(0, HASH_BYTES)
    .toString('base64');

export type FilePath = { readonly folder: Uint8Array; readonly path: Uint8Array };

/** Notes files that are not to be read again, within a transaction of the caller. */
export const forgetPaths = (catalogue: Database, files: readonly FilePath[]): void => {
  const known = readForgotten(catalogue);
  const key = known?.key ?? randomBytes(KEY_BYTES).toString('base64');
  const paths = new Set(known?.paths);
  for (const { folder, path } of files) paths.add(hashOf(key, folder, path));
  writeProperty(catalogue, 'forgotten', JSON.stringify({ key, paths: [...paths].sort() }));
};

/** Tells whether a path of a source is one of a person who was removed; null when nobody was. */
export const forgottenPaths = (
  catalogue: Database,
  source: number,
): ((path: Uint8Array) => boolean) | null => {
  const known = readForgotten(catalogue);
  const row = catalogue.get<{ readonly folder: Uint8Array }>(
    'SELECT folder FROM sources WHERE id = ?',
    source,
  );
  if (known === null || row === null) return null;
  const paths = new Set(known.paths);
  return (path) => paths.has(hashOf(known.key, row.folder, path));
};
