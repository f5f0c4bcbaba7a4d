import { join } from 'node:path';
import { createOwners, type Owners } from './align/owner.ts';
import { createDesks } from './clustering/desks.ts';
import type { ConnectEngine } from './engine/connection.ts';
import { createEmbeddings } from './embeddings/embeddings.ts';
import { createEngineHost, isSameEngine, type EngineHost } from './engine/host.ts';
import { createFolderChooser } from './folders.ts';
import { createAlignments } from './ingest/alignments.ts';
import { createRecrops } from './ingest/recrops.ts';
import { createJobs } from './jobs/jobs.ts';
import { createKeptJobs } from './jobs/kept-jobs.ts';
import { restoreJobs } from './jobs/restore.ts';
import { createPictureCache } from './pictures/cache.ts';
import { createPictures } from './pictures/pictures.ts';
import { createRenditions } from './pictures/renditions.ts';
import { createRouter } from './router.ts';
import type { Studio } from './studio.ts';
import { createSettings, type ProgramSettings } from './settings/settings.ts';
import { createSources } from './sources/sources.ts';
import { createKnownRuns } from './training/known-runs.ts';
import { createRuns } from './training/runs.ts';
import { startTrainer } from './training/trainer.ts';
import { createTrainings } from './training/training-jobs.ts';
import { createWorkspacePictures } from './workspace/locate-pictures.ts';
import { createRecentWorkspaces } from './workspace/recent.ts';
import { createWorkspaces } from './workspace/registry.ts';
import { watchWorkspace } from './workspace/watching.ts';
import { createEventQueue } from './watch/event-queue.ts';
import { alignArrivals } from './ingest/align-arrivals.ts';

export type ServiceOptions = {
  /** The program's data folder. */
  readonly home: string;
  /** Folders under which a window without its own file dialog may choose. */
  readonly roots: readonly string[];
  readonly connectEngine: ConnectEngine;
  /** Those of this machine unless others are given. */
  readonly owners?: Owners;
  readonly report: (error: unknown) => void;
};

const BYTES_PER_MEBIBYTE = 1024 * 1024;

/** Has another engine started when somebody chose one; it waits for the work of the one before. */
const followEngineChoice = (settings: ProgramSettings, host: EngineHost): void => {
  let before = settings.engine();
  settings.changes.subscribe(() => {
    const chosen = settings.engine();
    if (isSameEngine(before, chosen)) return;
    before = chosen;
    host.acquire(chosen).then(
      (lease) => lease.release(),
      // The engine's state tells why it cannot be had.
      () => undefined,
    );
  });
};

/** The studio service: its router, with the jobs noted that an earlier process left unfinished, and what closes it at the end of its process. */
export const createService = (options: ServiceOptions) => {
  const { home, roots, connectEngine, report, owners = createOwners() } = options;
  const now = Date.now;
  const settings = createSettings(home, report);
  const sources = createSources(home, report, settings.cropsFolder);
  const folder = join(home, 'cache', 'pictures');
  const queue = createEventQueue();
  const alignments = createAlignments(() => studio);
  const workspaces = createWorkspaces(owners, (workspace) => {
    const aligning = alignArrivals(workspace, { alignments, report });
    const watching = watchWorkspace(workspace, { queue, report });
    return {
      async close() {
        aligning.close();
        await watching.close();
      },
    };
  });
  const recent = createRecentWorkspaces(home, report);
  const host = createEngineHost(connectEngine, settings.engine);
  const kept = createKeptJobs(home, report);
  const knownRuns = createKnownRuns(home, report);
  const runs = createRuns({ startTrainer, owners, known: knownRuns, workspaces, host, now });
  const restored = Promise.resolve()
    .then(() => restoreJobs(studio, kept))
    .catch(report);
  const studio: Studio = {
    home,
    settings,
    restored,
    host,
    owners,
    workspaces,
    recent,
    recrops: createRecrops(host, report),
    alignments,
    desks: createDesks(report),
    embeddings: createEmbeddings(() => studio),
    jobs: createJobs({
      now,
      report,
      onKept() {
        kept.write(studio.jobs.kept()).catch(report);
      },
    }),
    sources,
    runs,
    knownRuns,
    trainings: createTrainings(runs, () => studio.jobs),
    pictures: createPictures({
      sources,
      workspaces: createWorkspacePictures(workspaces, recent),
      folder,
      cache: createPictureCache(
        folder,
        now,
        () => settings.current().pictureCacheMebibytes * BYTES_PER_MEBIBYTE,
      ),
      makeRendition: createRenditions(folder),
    }),
    folders: createFolderChooser(roots),
    samplesFolder: join(home, 'samples'),
    now,
    random: Math.random,
  };
  followEngineChoice(settings, host);
  return { router: createRouter(studio), end: () => workspaces.closeAll() };
};
