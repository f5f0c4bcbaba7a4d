import { join } from 'node:path';
import type { EmbedOutcome, EmbedTask } from '../../contract/engine.ts';
import type { Reason } from '../../contract/faces.ts';
import type { LoadableModel } from '../../contract/models.ts';
import { createGate } from '../engine/gate.ts';
import type { EngineLease } from '../engine/host.ts';
import { CRASHED, runCalls, type CallRun } from '../engine/run-tasks.ts';
import { together } from '../together.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { EmbedItem } from './items.ts';

/** Pictures of one call: as many vectors are on the disk at once, or made again after a crash. */
const TASKS_PER_CHUNK = 128;
/** Calls in flight: enough that no batch waits for the end of a call. */
const CHUNKS_IN_FLIGHT = 3;

/** What became of a picture. */
export type ItemVector =
  /** Its vector is a row of a file of vectors. */
  | { readonly kind: 'embedded'; readonly part: string; readonly row: number }
  | { readonly kind: 'no-face' }
  | { readonly kind: 'failed'; readonly reason: Reason };

export type EmbedRun = {
  readonly engine: EngineLease;
  readonly model: LoadableModel;
  readonly isFlipped: boolean;
  /** Takes the files of vectors; the caller removes it. */
  readonly folder: string;
};

/** A task's outcome with the file that its rows are in. */
export type PartOutcome = { readonly part: string; readonly outcome: EmbedOutcome };

/** Calls of `embed`, each with a file of its own for its rows. */
export const embedCalls = (
  { engine, model, isFlipped, folder }: EmbedRun,
  signal: AbortSignal,
): CallRun<EmbedTask, PartOutcome> => {
  let parts = 0;
  return {
    engine,
    gate: createGate(),
    outputFolder: folder,
    signal,
    crashed: { part: '', outcome: CRASHED },
    async call(tasks, calling) {
      parts += 1;
      const part = join(folder, `${String(parts).padStart(6, '0')}.vectors`);
      const request = { model, isFlipped, output: part, tasks: [...tasks] };
      const results = await engine.client.embed(request, { signal: calling });
      return withPart(results, part);
    },
  };
};

async function* withPart(
  results: AsyncIterable<{ readonly id: number; readonly outcome: EmbedOutcome }>,
  part: string,
): AsyncGenerator<{ readonly id: number; readonly outcome: PartOutcome }, void, void> {
  for await (const { id, outcome } of results) yield { id, outcome: { part, outcome } };
}

const NO_VECTOR: Reason = {
  code: 'no-vector',
  message: 'The network gave something other than numbers for it.',
};

const vectorOf = ({ part, outcome }: PartOutcome): ItemVector => {
  if (outcome.kind === 'no-face') return { kind: 'no-face' };
  if (outcome.kind === 'failed') {
    const { code, message } = outcome;
    return { kind: 'failed', reason: { code, message } };
  }
  const row = outcome.rows[0] ?? null;
  return row === null ? { kind: 'failed', reason: NO_VECTOR } : { kind: 'embedded', part, row };
};

/**
 * Makes the vectors of pictures; what became of each, in their order.
 * @throws a failure, or the signal's reason when it is aborted
 */
export const embedItems = async (
  items: readonly EmbedItem[],
  run: EmbedRun,
  { signal: outer, onProgress }: WorkHooks,
): Promise<readonly ItemVector[]> => {
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const results: (ItemVector | undefined)[] = items.map(({ work }) =>
    'problem' in work ? { kind: 'failed', reason: work.problem } : undefined,
  );
  const tasks = items.flatMap(({ work }, id): EmbedTask[] =>
    'problem' in work ? [] : [{ id, file: work.path, faces: work.faces }],
  );
  const calls = embedCalls(run, signal);
  let done = items.length - tasks.length;
  let next = 0;
  onProgress(done, items.length);
  await together(
    CHUNKS_IN_FLIGHT,
    () => {
      stop.abort();
    },
    async () => {
      while (next < tasks.length) {
        signal.throwIfAborted();
        const chunk = tasks.slice(next, next + TASKS_PER_CHUNK);
        next += chunk.length;
        await runCalls(calls, chunk, ({ id }, outcome) => {
          results[id] = vectorOf(outcome);
          done += 1;
          onProgress(done, items.length);
        });
      }
    },
  );
  return results.map((result) => {
    if (result === undefined) throw new Error('A picture came to no end.');
    return result;
  });
};
