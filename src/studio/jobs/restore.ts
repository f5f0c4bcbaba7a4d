import type { Job } from '../../contract/jobs.ts';
import { sourceJob } from '../align-jobs.ts';
import type { Studio } from '../studio.ts';
import type { JobSpec } from './job-spec.ts';
import type { KeptJobs } from './kept-jobs.ts';

/** What a job of an earlier process was to do; without work when its subject is gone. */
const specOf = async (studio: Studio, job: Job): Promise<JobSpec> => {
  if (job.kind === 'align-workspace') return studio.alignments.job(job.workspace, job.counts);
  const source = (await studio.sources.list()).find(({ id }) => id === job.source);
  if (source !== undefined) return sourceJob(studio, source);
  return { id: job.id, title: job.title, output: '', isKept: true, detail: () => job, work: null };
};

/** Lists the jobs of earlier processes, and notes those of sources that were left unfinished. */
export const restoreJobs = async (studio: Studio, kept: KeptJobs): Promise<void> => {
  const { jobs, sources } = studio;
  const restored = await Promise.all(
    (await kept.read()).map(async (job) => ({ job, spec: await specOf(studio, job) })),
  );
  jobs.restore(restored);
  for (const source of await sources.unfinished()) {
    const spec = sourceJob(studio, source);
    const known = jobs.list().find(({ id }) => id === spec.id);
    // What is not finished on the disk did not succeed, whatever is remembered.
    if (known === undefined || known.state === 'succeeded') jobs.add(spec, 'interrupted');
  }
};
