import type { EmbeddingJob, Job } from '../../contract/jobs.ts';
import { sourceJob } from '../align-jobs.ts';
import { readRegistry } from '../models/registry.ts';
import type { Studio } from '../studio.ts';
import type { JobSpec } from './job-spec.ts';
import type { KeptJobs } from './kept-jobs.ts';

/** A job whose subject is gone: it tells what it did, and cannot be resumed. */
const pastOf = (job: Job): JobSpec => ({
  ...{ id: job.id, title: job.title, output: '', isKept: true, work: null },
  detail: () => job,
});

const embeddingOf = async ({ home, embeddings }: Studio, job: EmbeddingJob): Promise<JobSpec> => {
  const { models } = await readRegistry({ home, workspace: job.workspace });
  const model = models.find(({ manifest }) => manifest.id === job.model);
  if (model === undefined) return pastOf(job);
  const request = { model, isFlipped: job.isFlipped, choice: 'auto', isKept: true } as const;
  return embeddings.job(job.workspace, request, job.counts);
};

/** What a job of an earlier process was to do; without work when its subject is gone. */
const specOf = async (studio: Studio, job: Job): Promise<JobSpec> => {
  switch (job.kind) {
    case 'align-workspace':
      return studio.alignments.job(job.workspace, job.counts);
    case 'embed-workspace':
      return embeddingOf(studio, job);
    case 'train': {
      const { title, stage, workspace, numbers, report } = job;
      return studio.trainings.job(job.run, { title, stage, workspace, numbers, report });
    }
    case 'align': {
      const source = (await studio.sources.list()).find(({ id }) => id === job.source);
      return source === undefined ? pastOf(job) : sourceJob(studio, source);
    }
  }
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
