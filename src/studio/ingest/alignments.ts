import { basename } from 'node:path';
import type { EngineChoice } from '../../contract/engine.ts';
import type { IngestReport, StatusCounts } from '../../contract/workspace.ts';
import { isEnded } from '../../core/jobs/transition.ts';
import type { EngineHost } from '../engine/host.ts';
import type { JobHooks, JobSpec } from '../jobs/job-spec.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { countStatuses, noStatuses } from '../workspace/ledger.ts';
import type { Workspace } from '../workspace/open.ts';
import { alignSettings } from '../workspace/properties.ts';
import { workspaceId } from '../workspace/recent.ts';
import type { Workspaces } from '../workspace/registry.ts';
import { ingest } from './run.ts';
import type { WaitingScope } from './waiting.ts';
import { workKeyOf } from './work-key.ts';

/** Counting takes at most one part in so many of the time that a job runs. */
const COUNTING_SHARE = 20;
const LEAST_BETWEEN_COUNTS_MS = 1000;

export type AlignmentRequest = {
  readonly scope: WaitingScope;
  readonly choice: EngineChoice;
  /** Whether it is remembered over restarts: what somebody waits for at a terminal is not. */
  readonly isKept: boolean;
};

/** The jobs that align workspaces: one for each, however often and for whatever reason it is asked for. */
export type Alignments = {
  /** The job of a workspace, by its real path; not queued. `counts` are what it shows before it ran. */
  job(folder: string, counts?: StatusCounts): JobSpec;
  /** Queues it, or has the running one do what came meanwhile as well. Gives its id. */
  start(folder: string, request: AlignmentRequest): string;
  /** Goes on with it where the end of an earlier process interrupted it. */
  takeUp(folder: string): void;
  /** Resolves when its work has stopped, if it is at work. */
  settled(folder: string): Promise<void>;
};

type Standing = {
  request: AlignmentRequest;
  /** Grows with each time that somebody asked. */
  asked: number;
  counts: StatusCounts;
  report: IngestReport | null;
  working: Promise<void> | null;
};

const idOf = (folder: string): string => `workspace-${workspaceId(folder)}`;

type Parts = {
  readonly host: EngineHost;
  readonly jobs: Jobs;
  readonly workspaces: Workspaces;
  readonly now: () => number;
};

/** Counts files by status, as often as that is cheap. */
const createCounter = (workspace: Workspace, now: () => number, take: (counts: StatusCounts) => void) => {
  const { catalogue } = workspace;
  let dueMs = 0;
  return (): void => {
    const startedMs = now();
    if (startedMs < dueMs) return;
    take(countStatuses(catalogue, workspace.faces(), workKeyOf(alignSettings(catalogue))).statuses);
    const tookMs = now() - startedMs;
    dueMs = now() + Math.max(LEAST_BETWEEN_COUNTS_MS, tookMs * COUNTING_SHARE);
  };
};

/** Aligns until nothing came while it did. */
const alignAll = async (
  { host, now }: Parts,
  workspace: Workspace,
  standing: Standing,
  hooks: JobHooks,
): Promise<void> => {
  const { signal, onLog } = hooks;
  const lease = await host.acquire({ choice: standing.request.choice, gpuMemoryFraction: 1 }, signal);
  const startedMs = now();
  const count = createCounter(workspace, now, (counts) => {
    standing.counts = counts;
  });
  try {
    onLog(`The engine is ${lease.info.backend} ${lease.info.version}, ${lease.info.device}.`);
    let before = 0;
    for (;;) {
      const { asked, request } = standing;
      let last = 0;
      const report = await ingest(workspace, {
        engine: lease,
        scope: request.scope,
        now,
        signal,
        onProgress(done, total) {
          last = done;
          count();
          hooks.onProgress(before + done, before + total);
        },
      });
      before += last;
      standing.report = { ...report, seconds: (now() - startedMs) / 1000 };
      standing.counts = report.statuses;
      if (standing.asked === asked) break;
    }
    const unreadable = standing.report.statuses.unreadable;
    if (unreadable > 0) onLog(`Files that cannot be read: ${String(unreadable)}.`);
  } finally {
    lease.release();
  }
};

/** No workspace is aligned yet. `parts` are asked for at work only. */
export const createAlignments = (parts: () => Parts): Alignments => {
  const standings = new Map<string, Standing>();
  const standingOf = (folder: string): Standing => {
    const known = standings.get(folder);
    if (known !== undefined) return known;
    const standing: Standing = {
      request: { scope: 'all', choice: 'auto', isKept: true },
      asked: 0,
      counts: noStatuses(),
      report: null,
      working: null,
    };
    standings.set(folder, standing);
    return standing;
  };

  const work = async (folder: string, hooks: JobHooks): Promise<void> => {
    const standing = standingOf(folder);
    standing.report = null;
    const held = await parts().workspaces.hold(folder);
    try {
      await alignAll(parts(), held.workspace, standing, hooks);
    } finally {
      await held.release();
    }
  };

  const job = (folder: string, counts?: StatusCounts): JobSpec => {
    const standing = standingOf(folder);
    if (counts !== undefined) standing.counts = counts;
    return {
      id: idOf(folder),
      title: `Align ${basename(folder)}`,
      output: folder,
      isKept: standing.request.isKept,
      detail: () => ({
        kind: 'align-workspace',
        workspace: folder,
        counts: standing.counts,
        report: standing.report,
      }),
      async work(hooks) {
        const working = work(folder, hooks);
        standing.working = working.catch(() => undefined);
        try {
          await working;
        } finally {
          standing.working = null;
        }
      },
    };
  };

  return {
    job,
    start(folder, request) {
      const { jobs } = parts();
      const standing = standingOf(folder);
      const isAlive = jobs.list().some(({ id, state }) => id === idOf(folder) && !isEnded(state));
      // What is asked for meanwhile is done as well, not instead.
      if (!isAlive || request.scope === 'all') standing.request = request;
      standing.asked += 1;
      const spec = job(folder);
      jobs.add(spec);
      return spec.id;
    },
    takeUp(folder) {
      const { jobs } = parts();
      const id = idOf(folder);
      if (jobs.list().some((known) => known.id === id && known.state === 'interrupted')) jobs.resume(id);
    },
    async settled(folder) {
      await standings.get(folder)?.working;
    },
  };
};
