/** Makes, checks and compares copies of a catalogue: every page is read, for seconds. Whoever looks at faces goes on meanwhile on the service's own thread. */
import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { letGoOfClosed, openDatabase } from '../catalogue/database.ts';
import { asError, isFailure } from '../failure.ts';
import { compareWithBackup } from './compare.ts';
import { copyCatalogue } from './copy.ts';
import { damageOfBackup, removeOldBackups } from './keep.ts';
import type { BackupAnswer, BackupRequest, Comparison } from './on-thread.ts';

const port = parentPort;
if (port === null) throw new Error('This thread is started by the service, not by hand.');

const copy = async (catalogue: string, file: string, thinned: string | null): Promise<number> => {
  const database = openDatabase(catalogue, { isReadOnly: true });
  let bytes: number;
  try {
    bytes = copyCatalogue(database, file);
  } finally {
    database.close();
    await letGoOfClosed();
  }
  if (thinned !== null) await removeOldBackups(thinned);
  return bytes;
};

const compare = (catalogue: string, file: string): Comparison => {
  const damage = damageOfBackup(file);
  const presentDamage = existsSync(catalogue) ? damageOfBackup(catalogue) : 'it is not there';
  return {
    damage,
    presentDamage,
    ...(damage === null && presentDamage === null
      ? compareWithBackup(catalogue, file)
      : { stepsLost: 0, labels: [], stepsBack: 0, photosSince: 0 }),
  };
};

const answer = async (request: BackupRequest): Promise<BackupAnswer> => {
  try {
    switch (request.kind) {
      case 'copy':
        return { kind: 'copied', bytes: await copy(request.catalogue, request.file, request.thinned) };
      case 'check':
        return { kind: 'checked', damage: damageOfBackup(request.file) };
      case 'compare':
        return { kind: 'compared', comparison: compare(request.catalogue, request.file) };
    }
  } catch (error) {
    return { kind: isFailure(error) ? 'failed' : 'fault', message: asError(error).message };
  } finally {
    await letGoOfClosed();
  }
};

// The service is the same build.
port.postMessage(await answer(workerData as BackupRequest));
