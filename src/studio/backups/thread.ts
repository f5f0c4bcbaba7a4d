/** Makes and checks copies of a catalogue: every page is read, for seconds. Whoever looks at faces goes on meanwhile on the service's own thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { letGoOfClosed, openDatabase } from '../catalogue/database.ts';
import { asError, isFailure } from '../failure.ts';
import { copyCatalogue } from './copy.ts';
import { removeOldBackups } from './keep.ts';
import type { BackupAnswer, BackupRequest } from './on-thread.ts';

const port = parentPort;
if (port === null) throw new Error('This thread is started by the service, not by hand.');

const answer = async ({ catalogue, file, thinned }: BackupRequest): Promise<BackupAnswer> => {
  try {
    const database = openDatabase(catalogue, { isReadOnly: true });
    let bytes: number;
    try {
      bytes = copyCatalogue(database, file);
    } finally {
      database.close();
      await letGoOfClosed();
    }
    if (thinned !== null) await removeOldBackups(thinned);
    return { kind: 'done', bytes };
  } catch (error) {
    return { kind: isFailure(error) ? 'failed' : 'fault', message: asError(error).message };
  }
};

// The service is the same build.
port.postMessage(await answer(workerData as BackupRequest));
