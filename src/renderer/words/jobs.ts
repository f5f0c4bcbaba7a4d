import type { Job, JobState } from '../../contract/studio.ts';
import { countOf, formatCount, formatRate, formatTimeLeft } from './format.ts';

/** True while a job runs or waits for its turn. */
export const isAlive = (job: Job): boolean => job.state === 'running' || job.state === 'queued';

export const JOB_STATE_NAMES: Readonly<Record<JobState, string>> = {
  queued: 'Waiting',
  running: 'Running',
  paused: 'Paused',
  succeeded: 'Done',
  failed: 'Failed',
  interrupted: 'Interrupted',
  cancelled: 'Cancelled',
};

/** `12,403 / 453,453`; without a total just how many are done. */
export const progressOf = ({ progress }: Job): string =>
  progress.total === null
    ? countOf(progress.done, 'photo')
    : `${formatCount(progress.done)} / ${formatCount(progress.total)}`;

/** Rate, time left and what limits, as far as they can be told. */
export const paceOf = ({ progress, limitedBy }: Job): readonly string[] => [
  ...(progress.ratePerSecond === null ? [] : [formatRate(progress.ratePerSecond)]),
  ...(progress.secondsLeft === null ? [] : [formatTimeLeft(progress.secondsLeft)]),
  ...(limitedBy === null ? [] : [`limited by ${limitedBy}`]),
];

/** How much is done, from 0 to 1; null while there is no total. */
export const shareOf = ({ progress }: Job): number | null =>
  progress.total === null || progress.total === 0 ? null : Math.min(1, progress.done / progress.total);

/** How many photos of a job's folders have faces. */
export const alignedOf = (job: Job): number =>
  job.kind === 'align' ? job.counts.aligned : job.counts.aligned + job.counts.severalFaces;
