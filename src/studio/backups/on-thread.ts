import { Worker } from 'node:worker_threads';
import { processEntry } from '../../node/processes/entry.ts';
import { failed } from '../failure.ts';

export type BackupRequest = {
  readonly catalogue: string;
  /** The copy, which is not there yet. */
  readonly file: string;
  /** The folder of backups of which old ones are removed afterwards. */
  readonly thinned: string | null;
};

export type BackupAnswer =
  | { readonly kind: 'done'; readonly bytes: number }
  /** A sentence for people, or a fault of the program. */
  | { readonly kind: 'failed' | 'fault'; readonly message: string };

/** Copies a catalogue as `copyCatalogue` does, on a thread of its own; gives the copy's size in bytes. @throws FAILED as that does */
export const copyOnThread = async (request: BackupRequest): Promise<number> => {
  const answer = await new Promise<BackupAnswer>((resolve, reject) => {
    const thread = new Worker(processEntry('backup'), { workerData: request });
    let told: BackupAnswer = { kind: 'fault', message: 'The thread that makes backups ended.' };
    // The thread is the same build.
    thread.on('message', (message) => (told = message as BackupAnswer));
    thread.on('error', reject);
    thread.on('exit', () => {
      resolve(told);
    });
  });
  if (answer.kind === 'done') return answer.bytes;
  throw answer.kind === 'failed' ? failed(answer.message) : new Error(answer.message);
};
