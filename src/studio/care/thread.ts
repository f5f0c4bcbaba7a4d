/** Copies, checks, compares, restores and scrubs whole catalogues, away from the service's own thread. */
import { existsSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { compareWithBackup } from '../backups/compare.ts';
import { copyCatalogue, CopyStopped } from '../backups/copy.ts';
import { damageOfBackup, removeOldBackups } from '../backups/keep.ts';
import { restoreBackup } from '../backups/restore.ts';
import { letGoOfClosed, openDatabase } from '../catalogue/database.ts';
import { asError, isFailure, toldFailure } from '../failure.ts';
import { previewPurge, purgePerson } from '../purge/purge.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { CareKind, CareMessage, CareRequest, CareTasks, Comparison } from './messages.ts';

const PROGRESS_EVERY_MS = 100;

const port = parentPort;
if (port === null) throw new Error('This thread is started by the service, not by hand.');

const say = (message: CareMessage): void => {
  port.postMessage(message);
};

const stopping = new AbortController();
port.on('message', () => {
  stopping.abort();
});

const spacedProgress = (): WorkHooks['onProgress'] => {
  let toldMs = -Infinity;
  let toldTotal = -1;
  return (done, total, stage) => {
    const nowMs = performance.now();
    if (done < total && total === toldTotal && nowMs - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = nowMs;
    toldTotal = total;
    say({ kind: 'progress', done, total, stage });
  };
};

const copy = async ({ catalogue, file, thinned }: CareTasks['copy']['given']): Promise<number> => {
  const database = openDatabase(catalogue, { isReadOnly: true });
  let bytes: number;
  try {
    bytes = copyCatalogue(database, file, {
      onGrowing(part, total) {
        say({ kind: 'grows', file: part, done: 0, total });
      },
      // The thread heard nothing while it copied.
      isStopped: () => receiveMessageOnPort(port) !== undefined,
    });
  } finally {
    database.close();
    await letGoOfClosed();
  }
  if (thinned !== null) removeOldBackups(thinned);
  return bytes;
};

const compare = ({ catalogue, file }: CareTasks['compare']['given']): Comparison => {
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

const preview = async ({ paths, identity }: CareTasks['previewPurge']['given']) => {
  const database = openDatabase(paths.catalogue, { isReadOnly: true });
  try {
    return await previewPurge(database, paths, identity);
  } finally {
    database.close();
  }
};

const work = async (request: CareRequest, hooks: WorkHooks): Promise<CareTasks[CareKind]['result']> => {
  switch (request.kind) {
    case 'copy':
      return copy(request);
    case 'check':
      return damageOfBackup(request.file);
    case 'compare':
      return compare(request);
    case 'restore':
      return restoreBackup(request.paths, request.backup, request.atMs, {
        onProgress: hooks.onProgress,
        onGrowing(file, done, total) {
          say({ kind: 'grows', file, done, total });
        },
      });
    case 'previewPurge':
      return preview(request);
    case 'purge':
      return purgePerson(request.paths, { ...request, now: Date.now }, hooks);
  }
};

const answer = async (request: CareRequest): Promise<CareMessage> => {
  const { signal } = stopping;
  try {
    return { kind: 'done', result: await work(request, { signal, onProgress: spacedProgress() }) };
  } catch (error) {
    if (error instanceof CopyStopped || (signal.aborted && error === signal.reason))
      return { kind: 'stopped' };
    if (isFailure(error)) return { kind: 'failed', failure: toldFailure(error) };
    return { kind: 'fault', message: asError(error).message };
  } finally {
    await letGoOfClosed();
  }
};

// The service is the same build.
say(await answer(workerData as CareRequest));
port.close();
