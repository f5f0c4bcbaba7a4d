import type { Job, JobState } from '../../contract/studio.ts';
import { countOf } from './format.ts';
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

/** What a job counts. */
const nounOf = (job: Job): string => {
  switch (job.kind) {
    case 'align':
    case 'align-workspace':
      return 'photo';
    case 'embed-workspace':
      return 'face';
    case 'train':
      return job.stage === 'training' ? 'step' : 'face';
  }
};

const VERBS = {
  align: ['align', 'aligning'],
  'align-workspace': ['align', 'aligning'],
  'embed-workspace': ['embed', 'embedding'],
  train: ['train', 'training'],
} as const satisfies Readonly<Record<Job['kind'], readonly [string, string]>>;

/** `aligning`, `waiting to align`. */
export const verbOfJob = ({ kind, state }: Job): string => {
  const [waiting, doing] = VERBS[kind];
  return state === 'queued' ? `waiting to ${waiting}` : doing;
};

/** `12,403 / 453,453`; without a total just how many photos or faces are done. */
export const doneOfJob = (job: Job): string => doneOf(job.progress, nounOf(job));

/** Rate, time left and what limits, as far as they can be told. */
export const paceOfJob = (job: Job): readonly string[] => [
  ...paceOf(job.progress, nounOf(job)),
  ...(job.limitedBy === null ? [] : [`limited by ${job.limitedBy}`]),
];

/** What a job has made: `12,000 photos aligned`. */
export const madeByJob = (job: Job): string => {
  switch (job.kind) {
    case 'align':
      return `${countOf(job.counts.aligned, 'photo')} aligned`;
    case 'align-workspace':
      return `${countOf(job.counts.aligned + job.counts.severalFaces, 'photo')} aligned`;
    case 'embed-workspace':
      return `${countOf(job.report?.embedded ?? 0, 'face')} embedded`;
    case 'train':
      return `${countOf(job.progress.done, 'step')} trained`;
  }
};
