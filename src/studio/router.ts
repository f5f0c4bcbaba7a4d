import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { implement } from '@orpc/server';
import { studioContract, type Job } from '../contract/studio.ts';
import { advance, startProgress, viewProgress } from '../core/jobs/progress.ts';
import { isEnded } from '../core/jobs/transition.ts';
import { alignFolder, checkRequest, type AlignRequest } from './align/run.ts';
import type { Owners } from './align/owner.ts';
import { copySamples, findSamples, SAMPLES_LICENCE } from './sources/samples.ts';
import { detectFaces } from './detect/detect.ts';
import type { EngineHost } from './engine/host.ts';
import { isFailure, notFound } from './failure.ts';
import type { FolderChooser } from './folders.ts';
import type { Jobs, JobSpec } from './jobs/jobs.ts';
import { createPhotoIndex, type PhotoIndex } from './photos/photo-index.ts';
import type { Pictures } from './pictures/pictures.ts';
import type { Sources } from './sources/sources.ts';
import { follow } from './streams.ts';
import type { Source } from '../contract/studio.ts';

/** Everything that the service is made of. */
export type Studio = {
  readonly host: EngineHost;
  readonly owners: Owners;
  readonly jobs: Jobs;
  readonly sources: Sources;
  readonly pictures: Pictures;
  readonly folders: FolderChooser;
  /** Folder into which the sample photos are copied. */
  readonly samplesFolder: string;
  readonly now: () => number;
  readonly random: () => number;
};

const JOB_SPACING_MS = 100;
const COUNTS_SPACING_MS = 200;
const PROGRESS_SPACING_MS = 200;
const AUTO_ENGINE = { choice: 'auto', gpuMemoryFraction: 1 } as const;

/** The job that aligns `request` and shows its photos in `index`. */
export const alignJob = (
  studio: Studio,
  request: AlignRequest,
  target: { readonly id: string; readonly source: string | null; readonly index: PhotoIndex },
): JobSpec => {
  const { host, owners, now, random } = studio;
  return {
    ...target,
    title: `Align ${basename(request.input)}`,
    work: (hooks) => alignFolder(request, { host, owners, index: target.index, now, random, ...hooks }),
  };
};

/** The job that aligns a source; it has one id for as long as the source is open. */
export const sourceJob = (studio: Studio, source: Source): JobSpec => {
  const { folder: input, output, settings } = source;
  const request: AlignRequest = { input, output, settings, engine: AUTO_ENGINE, order: 'sorted' };
  const target = { id: `source-${source.id}`, source: source.id, index: studio.sources.index(source.id) };
  return alignJob(studio, request, target);
};

const startSource = (studio: Studio, source: Source): Source => {
  const spec = sourceJob(studio, source);
  const running = studio.jobs.list().find(({ id }) => id === spec.id);
  if (running === undefined || isEnded(running.state)) studio.jobs.add(spec);
  return source;
};

const cancelIfKnown = (jobs: Jobs, id: string): void => {
  if (jobs.list().some((job) => job.id === id)) jobs.cancel(id);
};

/** Implements the studio's contract. */
export const createRouter = (studio: Studio) => {
  const os = implement(studioContract);
  const { host, jobs, sources, pictures, folders } = studio;
  return os.router({
    engine: {
      describe: os.engine.describe.handler(async ({ input: { choice }, signal }) => {
        const lease = await host.acquire({ choice, gpuMemoryFraction: 1 }, signal);
        lease.release();
        return lease.info;
      }),
      watch: os.engine.watch.handler(async function* ({ signal }) {
        if (host.isIdle()) {
          // Why it fails is told by the state.
          host.acquire(AUTO_ENGINE).then(
            (lease) => {
              lease.release();
            },
            () => undefined,
          );
        }
        yield* follow(host.changes, () => host.state(), { spacingMs: JOB_SPACING_MS, signal });
      }),
    },
    folders: {
      roots: os.folders.roots.handler(() => folders.roots()),
      list: os.folders.list.handler(({ input }) => folders.list(input.path)),
    },
    samples: {
      describe: os.samples.describe.handler(async () => ({
        photos: (await findSamples()).names.length,
        licence: SAMPLES_LICENCE,
      })),
      open: os.samples.open.handler(async () => {
        await copySamples(studio.samplesFolder);
        return startSource(studio, await sources.open(studio.samplesFolder, { isSample: true }));
      }),
    },
    sources: {
      list: os.sources.list.handler(async () => [...(await sources.list())]),
      open: os.sources.open.handler(async ({ input: { folder, settings } }) =>
        startSource(
          studio,
          await sources.open(folder, { settings, isSample: folder === studio.samplesFolder }),
        ),
      ),
      close: os.sources.close.handler(async ({ input }) => {
        cancelIfKnown(jobs, `source-${input.source}`);
        await sources.close(input.source);
      }),
    },
    photos: {
      list: os.photos.list.handler(async ({ input }) => (await sources.get(input.source)).index.page(input)),
      get: os.photos.get.handler(async ({ input }) => {
        const photo = (await sources.get(input.source)).index.photo(input.photo);
        if (photo === null) throw notFound('That photo is not there.');
        return photo;
      }),
      watch: os.photos.watch.handler(async function* ({ input, signal }) {
        const { index } = await sources.get(input.source);
        const read = () => ({ revision: index.revision(), counts: index.counts() });
        yield* follow(index.changes, read, { spacingMs: COUNTS_SPACING_MS, signal });
      }),
    },
    pictures: {
      locate: os.pictures.locate.handler(({ input }) => pictures.locate(input)),
    },
    jobs: {
      watch: os.jobs.watch.handler(async function* ({ signal }) {
        const sent = new Map<string, number>();
        for await (const all of follow(jobs.changes, () => jobs.list(), {
          spacingMs: JOB_SPACING_MS,
          signal,
        })) {
          for (const job of all) {
            if (sent.get(job.id) === job.revision) continue;
            sent.set(job.id, job.revision);
            yield job;
          }
        }
      }),
      cancel: os.jobs.cancel.handler(({ input }) => {
        jobs.cancel(input.job);
      }),
      resume: os.jobs.resume.handler(({ input }) => {
        jobs.resume(input.job);
      }),
    },
    align: {
      run: os.align.run.handler(async function* ({ input, signal }) {
        const { choice, gpuMemoryFraction } = {
          choice: input.engine,
          gpuMemoryFraction: input.gpuMemoryFraction,
        };
        const request: AlignRequest = { ...input, engine: { choice, gpuMemoryFraction } };
        await checkRequest(request);
        const id = `align-${randomBytes(6).toString('hex')}`;
        jobs.add(alignJob(studio, request, { id, source: null, index: createPhotoIndex() }));
        try {
          let last: Job | null = null;
          const read = (): Job | null => (last !== null && isEnded(last.state) ? null : jobs.get(id));
          for await (const job of follow(jobs.changes, read, { spacingMs: JOB_SPACING_MS, signal })) {
            last = job;
            const error = jobs.error(id);
            if (job.state === 'failed' && isFailure(error) && error.code === 'UNUSABLE') throw error;
            yield job;
            if (isEnded(job.state)) return;
          }
        } finally {
          cancelIfKnown(jobs, id);
        }
      }),
    },
    detect: {
      run: os.detect.run.handler(async function* ({ input, signal }) {
        const ending = signal ?? new AbortController().signal;
        const lease = await host.acquire({ choice: input.engine, gpuMemoryFraction: 1 }, ending);
        try {
          let progress = startProgress(null, studio.now());
          let done = 0;
          let saidMs = 0;
          for await (const event of detectFaces(input, lease, ending)) {
            const nowMs = studio.now();
            if (event.kind === 'total') progress = startProgress(event.total, nowMs);
            else yield event;
            if (event.kind === 'image') progress = advance(progress, (done += 1), nowMs);
            if (event.kind === 'engine' || nowMs - saidMs < PROGRESS_SPACING_MS) continue;
            saidMs = nowMs;
            yield { kind: 'progress' as const, progress: viewProgress(progress, nowMs) };
          }
        } finally {
          lease.release();
        }
      }),
    },
  });
};
