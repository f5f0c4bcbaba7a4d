import { createHash } from 'node:crypto';
import { link, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../failure.ts';
import { isWithin } from '../files/paths.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';

/** What a file system says that makes no link of a file: another disk, or none at all, or too many of them. */
const NO_LINK: ReadonlySet<string | null> = new Set([
  'EXDEV',
  'EPERM',
  'EMLINK',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EACCES',
]);

/** How a crop came to its place, or why it did not. */
export type Placed =
  | { readonly how: 'copied' | 'linked'; readonly bytes: number; readonly sha256: string }
  | { readonly how: 'missing' };

const readWhole = async (file: string, sha256: Uint8Array): Promise<Buffer | null> => {
  try {
    const bytes = await readFile(file);
    return createHash('sha256').update(bytes).digest().equals(sha256) ? bytes : null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'EIO', 'EACCES'].includes(systemCode(error) ?? '')) return null;
    throw error;
  }
};

const tryLink = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (NO_LINK.has(systemCode(error))) return false;
    throw error;
  }
};

/** Writes a new file and waits until it is on the disk. */
export const writeNew = async (file: string, bytes: Uint8Array | string): Promise<void> => {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
};

/** Puts a crop of the workspace where an export wants it, if it is there with the bytes that were noted when it was made. */
export const placeCrop = async (
  { folder, crops }: WorkspacePaths,
  crop: { readonly file: string; readonly sha256: Uint8Array },
  target: string,
  isLinked: boolean,
): Promise<Placed> => {
  const from = join(folder, crop.file);
  // A catalogue from elsewhere may name any file.
  const bytes = isWithin(crops, from) ? await readWhole(from, crop.sha256) : null;
  if (bytes === null) return { how: 'missing' };
  const facts = { bytes: bytes.length, sha256: Buffer.from(crop.sha256).toString('hex') };
  if (isLinked && (await tryLink(from, target))) return { how: 'linked', ...facts };
  await writeNew(target, bytes);
  return { how: 'copied', ...facts };
};
