import type { EngineChoice } from '../../contract/engine.ts';
import type { Progress } from '../../contract/procedure.ts';
import type { IngestReport } from '../../contract/workspace.ts';
import { advance, startProgress, viewProgress } from '../../core/jobs/progress.ts';
import type { EngineHost } from '../engine/host.ts';
import { createSignal, follow } from '../streams.ts';
import type { Workspace } from '../workspace/open.ts';
import { ingest } from './run.ts';

const SPACING_MS = 200;

type IngestEvent =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'report'; readonly report: IngestReport };

/** Aligns what waits in a workspace: progress, and the report at the end. Leaving the stream stops it. @throws a failure */
export async function* streamIngest(
  { host, now }: { readonly host: EngineHost; readonly now: () => number },
  workspace: Workspace,
  choice: EngineChoice,
  signal?: AbortSignal,
): AsyncGenerator<IngestEvent, void, void> {
  const stop = new AbortController();
  const all = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const lease = await host.acquire({ choice, gpuMemoryFraction: 1 }, signal);
  const changes = createSignal();
  let progress = startProgress(null, now());
  const ended: { result: IngestReport | null; error: unknown; isOver: boolean } = {
    result: null,
    error: null,
    isOver: false,
  };
  const working = ingest(workspace, {
    engine: lease,
    now,
    signal: all,
    onProgress(done, total) {
      progress = advance(progress.total === null ? startProgress(total, now()) : progress, done, now());
      changes.notify();
    },
  })
    .then(
      (report) => {
        ended.result = report;
      },
      (error: unknown) => {
        ended.error = error;
      },
    )
    .finally(() => {
      ended.isOver = true;
      changes.notify();
    });
  try {
    const read = (): Progress | null => (ended.isOver ? null : viewProgress(progress, now()));
    for await (const view of follow(changes, read, { spacingMs: SPACING_MS, signal }))
      yield { kind: 'progress', progress: view };
    await working;
    if (ended.result === null) throw ended.error;
    yield { kind: 'report', report: ended.result };
  } finally {
    stop.abort();
    await working;
    lease.release();
  }
}
