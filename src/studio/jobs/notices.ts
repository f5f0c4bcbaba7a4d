import type { Job } from '../../contract/jobs.ts';
import type { Notice } from '../../contract/notices.ts';
import { noticeOfEnd, type Outcome } from '../../core/jobs/notice.ts';
import { follow } from '../streams.ts';
import type { Studio } from '../studio.ts';

const SPACING_MS = 200;

const outcomesOf = (job: Job): readonly Outcome[] => {
  const { done } = job.progress;
  switch (job.kind) {
    case 'align':
      return [
        { count: job.counts.aligned, words: 'aligned' },
        { count: job.counts.noFace, words: 'without a face' },
        { count: job.counts.failed, words: 'failed' },
      ];
    case 'align-workspace':
      return [{ count: done, words: done === 1 ? 'photo' : 'photos' }];
    case 'embed-workspace':
      return [{ count: done, words: done === 1 ? 'face' : 'faces' }];
    case 'train':
      return [{ count: job.report?.step ?? 0, words: job.report?.step === 1 ? 'step' : 'steps' }];
  }
};

/** What to tell of each long job that ends from now on, while the settings say so. */
export async function* streamNotices(
  { jobs, settings, now }: Pick<Studio, 'jobs' | 'settings' | 'now'>,
  signal?: AbortSignal,
): AsyncGenerator<Notice, void, void> {
  const running = new Set<string>();
  for await (const all of follow(jobs.changes, () => jobs.list(), { spacingMs: SPACING_MS, signal })) {
    for (const job of all) {
      if (job.state === 'running') running.add(job.id);
      else if (running.delete(job.id)) {
        const seconds = ((job.endedAtMs ?? now()) - (job.startedAtMs ?? 0)) / 1000;
        const notice = noticeOfEnd(job, { seconds, outcomes: outcomesOf(job) });
        if (notice !== null && settings.current().notifies) yield notice;
      }
    }
  }
}
