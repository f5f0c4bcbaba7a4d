import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../failure.ts';

const temporaryName = (): string => `${String(process.pid)}-${randomBytes(6).toString('hex')}.tmp`;

/** Makes the names in a folder durable. Systems that cannot sync a folder are left alone. */
export const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows refuses to open a folder; its renames are journalled.
    if (!['EISDIR', 'EPERM', 'EINVAL'].includes(systemCode(error) ?? '')) throw error;
  }
};

const ANYBODY_READS = 0o644;

const writeTemporary = async (file: string, chunks: Iterable<string>, mode: number): Promise<void> => {
  const handle = await open(file, 'wx', mode);
  try {
    for (const chunk of chunks) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const removeQuietly = async (file: string): Promise<void> => {
  await unlink(file).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
  });
};

/**
 * Writes a file whole or not at all, durably: temporary file, fsync, rename, fsync of the folder.
 * @param temporaryFolder an existing folder of the same file system; the file's own when left out
 */
export const writeAtomically = async (
  file: string,
  chunks: Iterable<string>,
  temporaryFolder: string = dirname(file),
): Promise<void> => {
  const temporary = join(temporaryFolder, `.${temporaryName()}`);
  try {
    await writeTemporary(temporary, chunks, ANYBODY_READS);
    await rename(temporary, file);
  } catch (error) {
    await removeQuietly(temporary);
    throw error;
  }
  await syncFolder(dirname(file));
};

/** Creates a file with its whole content, durably, unless one of that name is there: then it gives false. */
export const createExclusively = async (
  file: string,
  content: string,
  mode: number = ANYBODY_READS,
): Promise<boolean> => {
  const temporary = join(dirname(file), `.${temporaryName()}`);
  try {
    await writeTemporary(temporary, [content], mode);
    await link(temporary, file);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await removeQuietly(temporary);
  }
  await syncFolder(dirname(file));
  return true;
};

/** Makes a folder and those above it; nothing when it is there. */
export const makeFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
};
