import type { FaceOutcome, FaceTask } from '../../contract/engine.ts';
import type { CropSettings, DetectSettings } from '../../contract/faces.ts';
import { asError, failed, noSpace } from '../failure.ts';
import { engineError } from './errors.ts';
import type { EngineLease } from './host.ts';
import type { Gate } from './gate.ts';

/** Photos that are sent in one call, and calls in flight: enough that the engine is never without work. */
export const TASKS_PER_CHUNK = 64;
export const CHUNKS_IN_FLIGHT = 4;

/** Calls of the engine that share its batches. */
type SharedRun = {
  readonly engine: EngineLease;
  readonly gate: Gate;
  /** Where files are written; for the sentence of a full disk. */
  readonly outputFolder: string | null;
  readonly signal: AbortSignal;
};

export type TaskRun = SharedRun & { readonly detect: DetectSettings; readonly crop: CropSettings | null };

/** One kind of call: each task gets one outcome. */
export type CallRun<Task, Outcome> = SharedRun & {
  readonly call: (
    tasks: readonly Task[],
    signal: AbortSignal,
  ) => Promise<AsyncIterable<{ readonly id: number; readonly outcome: Outcome }>>;
  /** Of a task over which the engine crashed alone. */
  readonly crashed: Outcome;
};

type OnOutcome<Task, Outcome> = (task: Task, outcome: Outcome) => Promise<void> | void;

/** What is said of a photo over which the engine crashed twice. */
export const CRASHED = {
  kind: 'failed',
  code: 'decoder-crashed',
  message: 'The engine crashed twice over this photo, so it was set aside.',
  sourceSha256: null,
} as const satisfies FaceOutcome;

const cannotWrite = (code: 'no-space' | 'read-only' | 'other', message: string, folder: string): Error => {
  if (code === 'no-space') return failed(noSpace(folder));
  if (code === 'read-only') return failed(`${folder} is read-only: choose another output folder.`);
  return failed(`Nothing can be written into ${folder}: ${message}`);
};

type Send<Task> = { readonly left: ReadonlyMap<number, Task>; readonly isCrashed: boolean };
type Numbered = { readonly id: number };

/** Sends tasks in one call. Those without an outcome when the engine crashes are left. @throws a failure, or the signal's reason */
const send = async <Task extends Numbered, Outcome>(
  run: CallRun<Task, Outcome>,
  tasks: readonly Task[],
  onOutcome: OnOutcome<Task, Outcome>,
): Promise<Send<Task>> => {
  const { engine } = run;
  const left = new Map(tasks.map((task) => [task.id, task]));
  const crashesBefore = engine.crashes();
  const signal = AbortSignal.any([run.signal, engine.lost]);
  const own: { error: Error | null } = { error: null };
  try {
    for await (const { id, outcome } of await run.call(tasks, signal)) {
      const task = left.get(id);
      if (task === undefined) continue;
      left.delete(id);
      try {
        await onOutcome(task, outcome);
      } catch (error) {
        own.error = asError(error);
        throw own.error;
      }
    }
  } catch (error) {
    if (own.error !== null) throw own.error;
    const known = engineError(error);
    if (known?.code === 'CANNOT_WRITE')
      throw cannotWrite(known.data.code, known.data.message, run.outputFolder ?? '');
    if (known?.code === 'ENGINE_UNAVAILABLE') throw failed(`${known.data.reason} ${known.data.advice}`);
    if (known !== null) throw failed(known.data.message);
    signal.throwIfAborted();
    // Which error a lost connection rejects with says nothing; that the engine crashed meanwhile does.
    if (engine.crashes() === crashesBefore) throw error;
  }
  signal.throwIfAborted();
  return { left, isCrashed: engine.crashes() !== crashesBefore };
};

/**
 * Has the engine do a chunk of tasks; every task gets one outcome. Tasks in flight when the engine crashes are sent again one by one
 * with nothing else in flight, so that a second crash condemns the one photo that caused it.
 * @throws a failure when the engine stays down or nothing can be written, and the signal's reason when it is aborted
 */
export const runCalls = async <Task extends Numbered, Outcome>(
  run: CallRun<Task, Outcome>,
  tasks: readonly Task[],
  onOutcome: OnOutcome<Task, Outcome>,
): Promise<void> => {
  const first = await run.gate.shared(() => send(run, tasks, onOutcome));
  if (first.left.size === 0) return;
  if (!first.isCrashed)
    throw new Error(`The engine left out ${String(first.left.size)} of ${String(tasks.length)} photos.`);
  for (const task of first.left.values()) {
    const again = await run.gate.exclusive(() => send(run, [task], onOutcome));
    if (again.left.size > 0) await onOutcome(task, run.crashed);
  }
};

/** Has the engine find and crop the faces of a chunk of photos, as `runCalls` does. */
export const runTasks = (
  { detect, crop, ...run }: TaskRun,
  tasks: readonly FaceTask[],
  onOutcome: OnOutcome<FaceTask, FaceOutcome>,
): Promise<void> =>
  runCalls(
    {
      ...run,
      call: (sent, signal) => run.engine.client.findFaces({ detect, crop, tasks: [...sent] }, { signal }),
      crashed: CRASHED,
    },
    tasks,
    onOutcome,
  );
