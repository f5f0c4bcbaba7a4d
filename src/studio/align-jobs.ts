import { basename } from 'node:path';
import type { AlignReport, Source } from '../contract/studio.ts';
import { alignFolder, type AlignRequest } from './align/run.ts';
import { AUTO_ENGINE } from './engine/connection.ts';
import type { JobSpec } from './jobs/job-spec.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { PhotoIndex } from './photos/photo-index.ts';
import type { Studio } from './studio.ts';

/** The job that aligns `request` and shows its photos in `index`. */
export const alignJob = (
  studio: Studio,
  request: AlignRequest,
  target: { readonly id: string; readonly source: string | null; readonly index: PhotoIndex },
): JobSpec => {
  const { host, owners, now, random } = studio;
  const { id, source, index } = target;
  let report: AlignReport | null = null;
  return {
    id,
    title: `Align ${basename(request.input)}`,
    output: request.output,
    isKept: source !== null,
    detail: () => ({ kind: 'align', source, counts: index.counts(), report }),
    async work(hooks) {
      report = null;
      report = await alignFolder(request, { host, owners, index, now, random, ...hooks });
    },
  };
};

/** The job that aligns a source; it has one id for as long as the source is open. */
export const sourceJob = (studio: Studio, source: Source): JobSpec => {
  const { folder: input, output, settings } = source;
  const request: AlignRequest = { input, output, settings, engine: AUTO_ENGINE, order: 'sorted' };
  const target = { id: `source-${source.id}`, source: source.id, index: studio.sources.index(source.id) };
  return alignJob(studio, request, target);
};

/** Queues the job of a source unless it waits or runs already; one with other settings is cancelled. Gives the source. */
export const startSource = (studio: Studio, source: Source): Source => {
  studio.jobs.add(sourceJob(studio, source));
  return source;
};

/** Cancels a job where there is one of that id. */
export const cancelIfKnown = (jobs: Jobs, id: string): void => {
  if (jobs.list().some((job) => job.id === id)) jobs.cancel(id);
};
