import type { Job, JobState } from '../../contract/studio.ts';
import { doneOf, paceOf } from './progress.ts';

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

/** `12,403 / 453,453`; without a total just how many photos are done. */
export const doneOfJob = ({ progress }: Job): string => doneOf(progress, 'photo');

/** Rate, time left and what limits, as far as they can be told. */
export const paceOfJob = ({ progress, limitedBy }: Job): readonly string[] => [
  ...paceOf(progress, 'photo'),
  ...(limitedBy === null ? [] : [`limited by ${limitedBy}`]),
];

/** How many photos of a job's folders have faces. */
export const alignedOf = (job: Job): number =>
  job.kind === 'align' ? job.counts.aligned : job.counts.aligned + job.counts.severalFaces;
