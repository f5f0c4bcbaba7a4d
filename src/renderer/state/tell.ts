import { toast } from 'svelte-sonner';
import type { Job } from '../../contract/studio.ts';
import { sentenceOf } from '../link/calls.ts';
import { formatDuration } from '../words/format.ts';
import { madeByJob } from '../words/jobs.ts';

/** How long an error is shown. */
export const ERROR_TOAST_MS = 12_000;

/** Does something, and says why when it cannot be done. True when it was. */
export const attempt = async (act: () => Promise<unknown>): Promise<boolean> => {
  try {
    await act();
    return true;
  } catch (error) {
    toast.error(sentenceOf(error), { duration: ERROR_TOAST_MS });
    return false;
  }
};

/** Tells how a job ended. `show` leads to it. */
export const tellOfEnd = (job: Job, show: () => void): void => {
  const { report } = job;
  const action = { label: 'Show', onClick: show };
  if (job.state === 'succeeded') {
    const time = report === null ? '' : ` in ${formatDuration(report.seconds)}`;
    toast.success(`${job.title}: ${madeByJob(job)}${time}.`, { action });
  } else if (job.state === 'failed') {
    toast.error(job.failure ?? `${job.title} failed.`, { action, duration: ERROR_TOAST_MS });
  }
};
