import { Worker } from 'node:worker_threads';
import type { RestoreView } from '../../contract/workspace-care.ts';
import { processEntry } from '../../node/processes/entry.ts';
import { failed } from '../failure.ts';

type CopyRequest = {
  readonly kind: 'copy';
  readonly catalogue: string;
  /** The copy, which is not there yet. */
  readonly file: string;
  /** The folder of backups of which old ones are removed afterwards. */
  readonly thinned: string | null;
};
type CheckRequest = { readonly kind: 'check'; readonly file: string };
type CompareRequest = { readonly kind: 'compare'; readonly catalogue: string; readonly file: string };

/** What the thread is started for. */
export type BackupRequest = CopyRequest | CheckRequest | CompareRequest;

/** What restoring a backup would change, as far as its two files tell. */
export type Comparison = Omit<RestoreView, 'backup'>;

export type BackupAnswer =
  | { readonly kind: 'copied'; readonly bytes: number }
  | { readonly kind: 'checked'; readonly damage: string | null }
  | { readonly kind: 'compared'; readonly comparison: Comparison }
  /** A sentence for people, or a fault of the program. */
  | { readonly kind: 'failed' | 'fault'; readonly message: string };

const asked = async (request: BackupRequest): Promise<BackupAnswer> => {
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
  if (answer.kind === 'failed') throw failed(answer.message);
  if (answer.kind === 'fault') throw new Error(answer.message);
  return answer;
};

const otherAnswer = (): Error => new Error('The thread that makes backups answered something else.');

/** Copies a catalogue as `copyCatalogue` does, on a thread of its own; gives the copy's size in bytes. @throws FAILED as that does */
export const copyOnThread = async (request: Omit<CopyRequest, 'kind'>): Promise<number> => {
  const answer = await asked({ kind: 'copy', ...request });
  if (answer.kind !== 'copied') throw otherAnswer();
  return answer.bytes;
};

/** What is wrong with the file of a backup, as `damageOfBackup` tells it, on a thread of its own. */
export const damageOnThread = async (file: string): Promise<string | null> => {
  const answer = await asked({ kind: 'check', file });
  if (answer.kind !== 'checked') throw otherAnswer();
  return answer.damage;
};

/** Checks a backup and compares it with the catalogue that it would take the place of, on a thread of its own. */
export const compareOnThread = async (catalogue: string, file: string): Promise<Comparison> => {
  const answer = await asked({ kind: 'compare', catalogue, file });
  if (answer.kind !== 'compared') throw otherAnswer();
  return answer.comparison;
};
