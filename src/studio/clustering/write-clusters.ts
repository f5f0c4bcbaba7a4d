import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterReport } from '../../contract/clustering.ts';
import { createNames } from '../../core/text/file-names.ts';
import { syncFolder } from '../../node/files/folders.ts';
import { checkFolders } from '../align/folders.ts';
import { beginDraft, isEmptyFolder } from '../exports/destination.ts';
import { writeNew } from '../exports/place-crop.ts';
import { systemCode, writeFailure } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';

type Clusters = ClusterReport['clusters'];

/** What a file that cannot be read says; it is left out, and named. */
const UNREADABLE: ReadonlySet<string | null> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EIO', 'EACCES']);

const readOrNull = async (file: string): Promise<Buffer | null> => {
  try {
    return await readFile(file);
  } catch (error) {
    if (UNREADABLE.has(systemCode(error))) return null;
    throw error;
  }
};

const stemAndExtension = (file: string): readonly [stem: string, extension: string] => {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
};

/**
 * Checks that clusters of a folder can be written. Gives the real path of the output.
 * @throws UNUSABLE when it is not empty, or one of both folders lies in the other
 */
export const checkOutput = async (folder: string, given: string): Promise<string> => {
  const { output } = await checkFolders(folder, given);
  await isEmptyFolder(output);
  return output;
};

/**
 * Writes a folder for each cluster, named by its id, with copies of its files; all of it is there at once, or nothing. Gives the files that could not be read.
 * @throws FAILED when it cannot be written, or the signal's reason
 */
export const writeClusters = async (
  folder: string,
  output: string,
  clusters: Clusters,
  { signal, onProgress }: WorkHooks,
): Promise<readonly string[]> => {
  const draft = await beginDraft(output);
  const failed: string[] = [];
  const total = clusters.reduce((sum, { faces }) => sum + faces.length, 0);
  let done = 0;
  try {
    for (const { id, faces } of clusters) {
      const into = join(draft.folder, String(id));
      await mkdir(into);
      const names = new Map<string, ReturnType<typeof createNames>>();
      for (const file of faces) {
        signal.throwIfAborted();
        const bytes = await readOrNull(join(folder, file));
        const [stem, extension] = stemAndExtension(file);
        const ofKind = names.get(extension.toLowerCase()) ?? createNames();
        names.set(extension.toLowerCase(), ofKind);
        if (bytes === null) failed.push(file);
        else await writeNew(join(into, `${ofKind.give(stem, file)}${extension}`), bytes);
        done += 1;
        onProgress(done, total);
      }
      await syncFolder(into);
    }
    await draft.publish();
  } catch (error) {
    // On a disk that fails altogether the next one removes what is left; the error that led here is the one to tell.
    await draft.discard().catch(() => undefined);
    throw writeFailure(error, output);
  }
  return failed;
};
