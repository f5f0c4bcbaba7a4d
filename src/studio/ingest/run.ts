import { mkdir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { FaceOutcome, FaceTask } from '../../contract/engine.ts';
import type { IngestReport } from '../../contract/workspace.ts';
import { createGate } from '../engine/gate.ts';
import type { EngineLease } from '../engine/host.ts';
import { CHUNKS_IN_FLIGHT, runTasks, TASKS_PER_CHUNK, type TaskRun } from '../engine/run-tasks.ts';
import { writeFailure } from '../failure.ts';
import { countStatuses } from '../workspace/ledger.ts';
import { openablePath } from '../scan/names.ts';
import { BAD_NAME } from '../scan/problems.ts';
import { together } from '../together.ts';
import type { Workspace } from '../workspace/open.ts';
import { OWNER_ONLY_FOLDER } from '../workspace/paths.ts';
import { alignSettings } from '../workspace/properties.ts';
import { recordOutcomes, type Finished, type RecordContext } from './record.ts';
import { recropStale } from './recrop.ts';
import { syncCrops } from './sync-crops.ts';
import { countWaiting, readWaiting, type WaitingFile, type WaitingScope } from './waiting.ts';
import { workKeyOf } from './work-key.ts';

export type IngestHooks = {
  readonly engine: EngineLease;
  readonly scope: WaitingScope;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
};

const SLASH = Buffer.from('/');

const UNOPENABLE: FaceOutcome = {
  kind: 'failed',
  code: BAD_NAME.code,
  message: BAD_NAME.message,
  sourceSha256: null,
};

type Work = {
  readonly workspace: Workspace;
  readonly context: RecordContext;
  readonly run: TaskRun;
  readonly output: Exclude<FaceTask['output'], string | null>;
};

/** Has the engine do some files and writes what it made of them, all at once. */
const doChunk = async (work: Work, files: readonly WaitingFile[]): Promise<Finished[]> => {
  const finished: Finished[] = [];
  const tasks: FaceTask[] = [];
  for (const { id, folder, path } of files) {
    const file = openablePath(Buffer.concat([folder, SLASH, path]));
    if (file === null) finished.push({ file: id, outcome: UNOPENABLE });
    else tasks.push({ id, file, output: work.output, known: null });
  }
  await runTasks(work.run, tasks, ({ id }, outcome) => {
    finished.push({ file: id, outcome });
  });
  await syncCrops(
    work.workspace,
    finished.map(({ outcome }) => outcome),
  );
  const photos = recordOutcomes(
    work.context,
    finished.sort((a, b) => a.file - b.file),
  );
  work.workspace.faces().refresh(photos);
  return finished;
};

/** Does all that waits, a few chunks at a time; the first error is thrown when all have ended. */
const doAll = async (work: Work, scope: WaitingScope, onDone: (files: number) => void): Promise<void> => {
  const { catalogue } = work.workspace;
  const { workKey } = work.context;
  let hasFailed = false;
  let after = 0;
  const stop = (): void => {
    hasFailed = true;
  };
  await together(CHUNKS_IN_FLIGHT, stop, async () => {
    while (!hasFailed) {
      work.run.signal.throwIfAborted();
      const files = readWaiting(catalogue, workKey, { scope, after, limit: TASKS_PER_CHUNK });
      const last = files.at(-1);
      if (last === undefined) return;
      after = last.id;
      onDone((await doChunk(work, files)).length);
    }
  });
};

/**
 * Aligns every file of the scope that waits, and makes the crops that edits made stale. What a chunk of files gave is written at once,
 * so a run that is stopped or killed goes on where it was; files that are done are not done again.
 * @throws a failure, or the signal's reason when it is aborted
 */
export const ingest = async (workspace: Workspace, hooks: IngestHooks): Promise<IngestReport> => {
  const { catalogue, paths } = workspace;
  const { engine, scope, now, signal } = hooks;
  const startedMs = now();
  const settings = alignSettings(catalogue);
  const workKey = workKeyOf(settings);
  const total = countWaiting(catalogue, workKey, scope);
  const run: TaskRun = {
    engine,
    gate: createGate(),
    detect: settings.detect,
    crop: settings.crop,
    outputFolder: paths.crops,
    signal,
  };
  const context: RecordContext = {
    catalogue,
    workKey,
    relativeCrop: (file) => relative(paths.folder, file).split(sep).join('/'),
  };
  const output = { folder: paths.crops, key: Buffer.from(workKey).toString('hex').slice(0, 8) };
  let done = 0;
  try {
    await mkdir(paths.crops, { recursive: true, mode: OWNER_ONLY_FOLDER });
    hooks.onProgress(0, total);
    await doAll({ workspace, context, run, output }, scope, (files) => {
      done += files;
      hooks.onProgress(done, total);
    });
    await recropStale(workspace, run, workKey);
  } catch (error) {
    throw writeFailure(error, paths.folder);
  }
  const crops = catalogue.get<{ readonly n: number }>(
    'SELECT count(*) AS n FROM faces WHERE crop_file IS NOT NULL',
  );
  const faces = workspace.faces();
  return {
    ...countStatuses(catalogue, faces, workKey),
    faces: [...faces.counts().states.values()].reduce((sum, count) => sum + count, 0),
    crops: crops?.n ?? 0,
    seconds: (now() - startedMs) / 1000,
    engine: engine.info,
  };
};
