import type { Stage, WorkEvent } from '../contract/procedure.ts';
import { advance, startProgress, viewProgress } from '../core/jobs/progress.ts';
import { createSignal, follow } from './streams.ts';

const SPACING_MS = 200;

/** What work that takes its time is given. */
export type WorkHooks = {
  readonly signal: AbortSignal;
  /** @param stage what is being done, where the work does one thing after another */
  readonly onProgress: (done: number, total: number, stage?: Stage) => void;
};

/**
 * Does work and tells its progress, at most five times a second, then its report. Leaving the stream stops the work and waits for its end.
 * @throws what the work throws
 */
export async function* streamWork<Report>(
  now: () => number,
  work: (hooks: WorkHooks) => Promise<Report>,
  signal?: AbortSignal,
): AsyncGenerator<WorkEvent<Report>, void, void> {
  const stop = new AbortController();
  const changes = createSignal();
  let progress = startProgress(null, now());
  let stage: Stage | undefined;
  let isOver = false;
  const working = work({
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    onProgress(done, total, at) {
      const goesOn = progress.total === total && stage === at;
      progress = advance(goesOn ? progress : startProgress(total, now()), done, now());
      stage = at;
      changes.notify();
    },
  }).finally(() => {
    isOver = true;
    changes.notify();
  });
  const ended = working.then(
    () => undefined,
    () => undefined,
  );
  try {
    const read = () => (isOver ? null : viewProgress(progress, now()));
    for await (const view of follow(changes, read, { spacingMs: SPACING_MS, signal }))
      yield { kind: 'progress', progress: view, stage };
    yield { kind: 'report', report: await working };
  } finally {
    stop.abort();
    await ended;
  }
}
