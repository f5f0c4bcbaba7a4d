import { stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { EngineInfo, FaceOutcome, FaceTask } from '../../contract/engine.ts';
import type { DetectSettings, Face, Reason } from '../../contract/faces.ts';
import { createGate } from '../engine/gate.ts';
import type { EngineLease } from '../engine/host.ts';
import { CHUNKS_IN_FLIGHT, runTasks, TASKS_PER_CHUNK } from '../engine/run-tasks.ts';
import { problemOfError, type Problem } from '../scan/problems.ts';
import { scanFolder } from '../scan/scan.ts';
import { createSignal, nextChange } from '../streams.ts';

type Item = {
  /** As given, or the given folder joined with the relative path. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  readonly problem: Problem | null;
};

export type DetectedImage = {
  readonly kind: 'image';
  readonly file: string;
  readonly status: 'faces' | 'noFace' | 'failed' | 'skipped';
  readonly reason: Reason | null;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  readonly faces: Face[];
};
export type Detected =
  | DetectedImage
  | { readonly kind: 'total'; readonly total: number }
  | { readonly kind: 'engine'; readonly engine: EngineInfo };

const joinAsGiven = (folder: string, file: string): string =>
  folder.endsWith('/') || folder.endsWith(sep) ? folder + file : `${folder}/${file}`;

const itemsOf = async (given: string, signal: AbortSignal): Promise<readonly Item[]> => {
  const path = resolve(given);
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return [{ file: given, path, problem: null }];
    const files = await scanFolder(path, signal);
    return files.map(({ file, problem }) => ({
      file: joinAsGiven(given, file),
      path: `${path}${sep}${file}`,
      problem,
    }));
  } catch (error) {
    signal.throwIfAborted();
    const problem = problemOfError(error, false);
    const isMissing = problem.code === 'missing';
    return [
      {
        file: given,
        path,
        problem: isMissing ? { ...problem, message: 'There is no such file or folder.' } : problem,
      },
    ];
  }
};

const NOTHING_SEEN = { widthPx: null, heightPx: null, faces: [] };

const imageOf = (file: string, outcome: FaceOutcome): DetectedImage => {
  if (outcome.kind === 'unchanged')
    throw new Error(`The engine calls ${file} unchanged, but nothing was known of it.`);
  if (outcome.kind === 'failed') {
    const { code, message } = outcome;
    return {
      kind: 'image',
      file,
      status: 'failed',
      reason: { code, message },
      ...NOTHING_SEEN,
    };
  }
  const { widthPx, heightPx, faces } = outcome;
  const isEmpty = faces.length === 0;
  const reason: Reason | null = isEmpty ? { code: 'no-face', message: 'No face was found.' } : null;
  return { kind: 'image', file, status: isEmpty ? 'noFace' : 'faces', reason, widthPx, heightPx, faces };
};

const imageOfProblem = (file: string, { status, code, message }: Problem): DetectedImage => ({
  kind: 'image',
  file,
  status,
  reason: { code, message },
  ...NOTHING_SEEN,
});

/**
 * Finds the faces of photos and of the photos in folders: how many there are, each in the order given, and the engine. Writes nothing.
 * @throws a failure, or the signal's reason when it is aborted
 */
export async function* detectFaces(
  request: { readonly paths: readonly string[]; readonly detect: DetectSettings },
  engine: EngineLease,
  outerSignal: AbortSignal,
): AsyncGenerator<Detected, void, void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([outerSignal, stop.signal]);
  const items: Item[] = [];
  for (const path of request.paths) items.push(...(await itemsOf(path, signal)));
  yield { kind: 'total', total: items.length };

  const images = items.map(({ file, problem }) => (problem === null ? null : imageOfProblem(file, problem)));
  const tasks = items.flatMap(({ path, problem }, id): FaceTask[] =>
    problem === null ? [{ id, file: path, output: null, known: null }] : [],
  );
  const changes = createSignal();
  let next = 0;
  let error: { readonly cause: unknown } | null = null;
  const gate = createGate();
  const worker = async (): Promise<void> => {
    while (next < tasks.length) {
      const chunk = tasks.slice(next, next + TASKS_PER_CHUNK);
      next += chunk.length;
      const run = { engine, gate, detect: request.detect, crop: null, outputFolder: null, signal };
      await runTasks(run, chunk, ({ id }, outcome) => {
        images[id] = imageOf(items[id]?.file ?? '', outcome);
        changes.notify();
      });
    }
  };
  const workers = Array.from({ length: CHUNKS_IN_FLIGHT }, () =>
    worker().catch((cause: unknown) => {
      error ??= { cause };
      stop.abort();
      changes.notify();
    }),
  );
  const failed = (): { readonly cause: unknown } | null => error;

  try {
    let given = 0;
    while (given < images.length && failed() === null) {
      const image = images[given] ?? null;
      if (image === null) {
        await nextChange(changes, outerSignal);
        outerSignal.throwIfAborted();
        continue;
      }
      yield image;
      images[given] = null;
      given += 1;
    }
    await Promise.all(workers);
    const cause = failed();
    outerSignal.throwIfAborted();
    if (cause !== null) throw cause.cause;
    yield { kind: 'engine', engine: engine.info };
  } finally {
    stop.abort();
  }
}
