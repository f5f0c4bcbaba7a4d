/** Checks a workspace: every page of its catalogue, every crop. Whoever looks at faces goes on meanwhile on the service's own thread. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { letGoOfClosed, openDatabase, type Database } from '../catalogue/database.ts';
import { asError, isFailure, writeFailure } from '../failure.ts';
import { checkContents, checkPages, type CatalogueFindings } from './catalogue-checks.ts';
import { checkCrops } from './crop-checks.ts';
import { findSpareCrops } from './spare-crops.ts';
import type { CheckEnd, CheckMessage, CheckOrder, CheckRequest, Findings } from './messages.ts';

const PROGRESS_EVERY_MS = 100;

const port = parentPort;
if (port === null) throw new Error('This thread is started by the service, not by hand.');

const stopping = new AbortController();
const { signal } = stopping;
const waiting: ((order: CheckOrder) => void)[] = [];
port.on('message', (message) => {
  // The service is the same build.
  const order = message as CheckOrder;
  if (order.kind === 'stop') stopping.abort();
  waiting.shift()?.(order);
});
const say = (message: CheckMessage): void => {
  port.postMessage(message);
};
const answerTo = (message: CheckMessage): Promise<CheckOrder> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    say(message);
  });

/** Between two steps: whoever wants to stop it is heard. */
const pause = async (): Promise<void> => {
  await nextTurn();
  signal.throwIfAborted();
};

/** Reads the catalogue as it is from now on, whoever else writes meanwhile, until what it gives is called. */
const hold = (catalogue: Database): (() => void) => {
  catalogue.exec('BEGIN');
  // Only a statement that reads takes hold.
  catalogue.get('SELECT count(*) AS n FROM sqlite_schema');
  return () => {
    catalogue.exec('COMMIT');
  };
};

/** What the catalogue says of itself, at a moment at which the service told what its lists say. */
const readContents = async (catalogue: Database): Promise<CatalogueFindings> => {
  let release = (): void => undefined;
  let order = await answerTo({ kind: 'whole' });
  for (; order.kind === 'hold'; order = await answerTo({ kind: 'held' })) {
    release();
    release = hold(catalogue);
  }
  try {
    if (order.kind === 'stop') throw signal.reason;
    const checks = checkContents(catalogue, order.live);
    for (;;) {
      const { done, value } = checks.next();
      if (done === true) return value;
      await pause();
    }
  } finally {
    release();
  }
};

const spacedProgress = (): ((done: number, total: number) => void) => {
  let toldMs = -Infinity;
  return (done, total) => {
    const nowMs = performance.now();
    if (done < total && nowMs - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = nowMs;
    say({ kind: 'progress', done, total });
  };
};

const check = async (catalogue: Database, { paths, sample }: CheckRequest): Promise<Findings> => {
  const nothing = { crops: 0, missing: new Map<number, string>(), damaged: new Map<number, string>() };
  const problems = checkPages(catalogue);
  // What a damaged file says of anything else would be noise.
  if (problems.length > 0) return { problems, steps: 0, decisions: 0, crops: nothing, spare: null };
  await pause();
  const contents = await readContents(catalogue);
  const crops = await checkCrops(catalogue, paths, sample, { signal, onProgress: spacedProgress() });
  const spare = sample.of > 1 ? null : await findSpareCrops(catalogue, paths);
  return { ...contents, crops, spare };
};

const answer = async (request: CheckRequest): Promise<CheckEnd> => {
  try {
    const catalogue = openDatabase(request.paths.catalogue, { isReadOnly: true });
    try {
      return { kind: 'done', findings: await check(catalogue, request) };
    } finally {
      catalogue.close();
      await letGoOfClosed();
    }
  } catch (error) {
    if (signal.aborted) return { kind: 'stopped' };
    const told = asError(writeFailure(error, request.paths.folder));
    return { kind: isFailure(told) ? 'failed' : 'fault', message: told.message };
  }
};

// As above.
say(await answer(workerData as CheckRequest));
port.close();
