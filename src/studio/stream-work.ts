import type { WorkEvent } from '../contract/procedure.ts';
import { advance, startProgress, viewProgress } from '../core/jobs/progress.ts';
import { createSignal, follow } from './streams.ts';

const SPACING_MS = 200;

/** What work that takes its time is given. */
export type WorkHooks = {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
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
  let isOver = false;
  const working = work({
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    onProgress(done, total) {
      // Another total is another stage.
      progress = advance(progress.total === total ? progress : startProgress(total, now()), done, now());
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
      yield { kind: 'progress', progress: view };
    yield { kind: 'report', report: await working };
  } finally {
    stop.abort();
    await ended;
  }
}
