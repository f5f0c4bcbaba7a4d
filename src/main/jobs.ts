import type { Job, StudioClient } from '../contract/studio.ts';

const RETRY_MS = 1000;

export type RunningJobs = {
  /** Jobs that are queued or running now. */
  count(): number;
  /** Share of the running jobs' items that is done, 0 to 1; null when nothing runs or it cannot be told. */
  share(): number | null;
};

/** Follows the jobs of the service, through its restarts, until aborted. `changed` is called after every change. */
export const followJobs = (
  jobs: StudioClient['jobs'],
  changed: () => void,
  signal: AbortSignal,
): RunningJobs => {
  const running = new Map<string, Job>();
  const note = (job: Job): void => {
    if (job.state === 'queued' || job.state === 'running') running.set(job.id, job);
    else running.delete(job.id);
    changed();
  };
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        for await (const job of await jobs.watch({}, { signal })) note(job);
      } catch {
        // The service went down: its next life tells every job anew.
      }
      running.clear();
      changed();
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  };
  void follow();
  return {
    count: () => running.size,
    share() {
      const totals = [...running.values()].map(({ progress }) => progress);
      const total = totals.reduce((sum, { total: items }) => sum + (items ?? 0), 0);
      return total === 0 ? null : totals.reduce((sum, { done }) => sum + done, 0) / total;
    },
  };
};
