import { implement } from '@orpc/server';
import { studioContract } from '../contract/studio.ts';
import { cancelIfKnown, startSource } from './align-jobs.ts';
import { createCleaningRouter } from './cleaning/router.ts';
import { createClusteringRouter } from './clustering/router.ts';
import { notFound } from './failure.ts';
import { streamAlign, streamDetect, streamEngine, streamJobs } from './requests.ts';
import { copySamples, findSamples, SAMPLES_LICENCE } from './sources/samples.ts';
import { follow } from './streams.ts';
import type { Studio } from './studio.ts';
import { streamNotices } from './jobs/notices.ts';
import { createEmbeddingRouter } from './embed/router.ts';
import { createEvaluationRouter } from './evaluation/router.ts';
import { saveFigure } from './figures/save.ts';
import { createModelsRouter } from './models/router.ts';
import { createSettingsRouter } from './settings/router.ts';
import { createPairsRouter } from './pairs/router.ts';
import { createValidationRouter } from './validation/router.ts';
import { createRunsRouter } from './training/router.ts';
import { createWorkspaceRouter } from './workspace/router.ts';

const COUNTS_SPACING_MS = 200;

const jobHandlers = (studio: Studio) => {
  const os = implement(studioContract);
  const { jobs } = studio;
  return {
    watch: os.jobs.watch.handler(async function* ({ signal }) {
      yield* streamJobs(studio, signal);
    }),
    cancel: os.jobs.cancel.handler(({ input }) => {
      jobs.cancel(input.job);
    }),
    pause: os.jobs.pause.handler(({ input }) => {
      jobs.pause(input.job);
    }),
    resume: os.jobs.resume.handler(({ input }) => {
      jobs.resume(input.job);
    }),
  };
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
        yield* streamEngine(studio, signal);
      }),
    },
    folders: {
      roots: os.folders.roots.handler(() => folders.roots()),
      list: os.folders.list.handler(({ input }) => folders.list(input.path, input.endings)),
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
      plan: os.sources.plan.handler(({ input }) => sources.plan(input.folder)),
      open: os.sources.open.handler(async ({ input: { folder, ...options } }) =>
        startSource(
          studio,
          await sources.open(folder, { ...options, isSample: folder === studio.samplesFolder }),
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
        const { index, ended } = await sources.get(input.source);
        const read = () => ({ revision: index.revision(), counts: index.counts() });
        const isOver = signal === undefined ? ended : AbortSignal.any([signal, ended]);
        yield* follow(index.changes, read, { spacingMs: COUNTS_SPACING_MS, signal: isOver });
      }),
    },
    pictures: {
      locate: os.pictures.locate.handler(({ input }) => pictures.locate(input)),
    },
    settings: createSettingsRouter(studio),
    notices: {
      watch: os.notices.watch.handler(async function* ({ signal }) {
        yield* streamNotices(studio, signal);
      }),
    },
    workspace: createWorkspaceRouter(studio),
    cleaning: createCleaningRouter(studio),
    models: createModelsRouter(studio),
    embedding: createEmbeddingRouter(studio),
    validate: createValidationRouter(studio),
    pairs: createPairsRouter(studio),
    evaluation: createEvaluationRouter(studio),
    figures: { save: os.figures.save.handler(({ input }) => saveFigure(studio, input)) },
    clustering: createClusteringRouter(studio),
    runs: createRunsRouter(studio),
    jobs: jobHandlers(studio),
    align: {
      run: os.align.run.handler(async function* ({ input, signal }) {
        yield* streamAlign(studio, input, signal);
      }),
    },
    detect: {
      run: os.detect.run.handler(async function* ({ input, signal }) {
        yield* streamDetect(studio, input, signal);
      }),
    },
  });
};
