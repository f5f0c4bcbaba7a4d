import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTurns } from '../../core/jobs/turns.ts';
import { systemCode } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';

const FILES_AT_ONCE = 16;

/** For each file of a folder the SHA-256 of its bytes; null for one that is not there any more. @throws the system's error, the signal's reason */
export const hashFiles = async (
  folder: string,
  files: readonly string[],
  { signal, onProgress }: WorkHooks,
): Promise<readonly (string | null)[]> => {
  const inTurn = createTurns(FILES_AT_ONCE);
  let done = 0;
  return Promise.all(
    files.map((file) =>
      inTurn(async () => {
        signal.throwIfAborted();
        try {
          return createHash('sha256')
            .update(await readFile(join(folder, file)))
            .digest('hex');
        } catch (error) {
          if (systemCode(error) === 'ENOENT') return null;
          throw error;
        } finally {
          done += 1;
          onProgress(done, files.length);
        }
      }),
    ),
  );
};
