import { join } from 'node:path';
import { createOwners } from './align/owner.ts';
import type { ConnectEngine } from './engine/connection.ts';
import { createEngineHost } from './engine/host.ts';
import { createFolderChooser } from './folders.ts';
import { createRecrops } from './ingest/recrops.ts';
import { createJobs } from './jobs/jobs.ts';
import { createPictureCache } from './pictures/cache.ts';
import { createPictures } from './pictures/pictures.ts';
import { createRenditions } from './pictures/renditions.ts';
import { sourceJob } from './align-jobs.ts';
import { createRouter } from './router.ts';
import type { Studio } from './studio.ts';
import { createSources } from './sources/sources.ts';
import { createWorkspacePictures } from './workspace/locate-pictures.ts';
import { createRecentWorkspaces } from './workspace/recent.ts';
import { createWorkspaces } from './workspace/registry.ts';

export type ServiceOptions = {
  /** The program's data folder. */
  readonly home: string;
  /** Folders under which a window without its own file dialog may choose. */
  readonly roots: readonly string[];
  readonly connectEngine: ConnectEngine;
  readonly report: (error: unknown) => void;
};

/** The studio service: its router, with the jobs noted that an earlier process left unfinished. */
export const createService = (options: ServiceOptions) => {
  const { home, roots, connectEngine, report } = options;
  const now = Date.now;
  const sources = createSources(home, report);
  const folder = join(home, 'cache', 'pictures');
  const owners = createOwners();
  const workspaces = createWorkspaces(owners);
  const recent = createRecentWorkspaces(home, report);
  const host = createEngineHost(connectEngine);
  const studio: Studio = {
    host,
    owners,
    workspaces,
    recent,
    recrops: createRecrops(host, report),
    jobs: createJobs(now, report),
    sources,
    pictures: createPictures({
      sources,
      workspaces: createWorkspacePictures(workspaces, recent),
      folder,
      cache: createPictureCache(folder, now),
      makeRendition: createRenditions(folder),
    }),
    folders: createFolderChooser(roots),
    samplesFolder: join(home, 'samples'),
    now,
    random: Math.random,
  };
  const noteUnfinished = async (): Promise<void> => {
    for (const source of await sources.unfinished()) {
      const spec = sourceJob(studio, source);
      if (!studio.jobs.list().some(({ id }) => id === spec.id)) studio.jobs.add(spec, 'interrupted');
    }
  };
  noteUnfinished().catch(report);
  return createRouter(studio);
};
