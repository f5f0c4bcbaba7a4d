import type {
  CentreFilterReport,
  CentreFilterWish,
  CentreMetricsReport,
  CleaningQueue,
  CleaningReport,
} from '../../contract/cleaning.ts';
import type { FacesOfFolder } from '../../contract/folder-faces.ts';
import { facesOfFolder } from '../clustering/faces-of-folder.ts';
import { startClusterThread, type ClusterThread } from '../clustering/on-thread.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { hashFiles } from './contents.ts';
import { labelByFolder } from './embedded-folder.ts';
import { namesOfFolder } from './names.ts';
import { qualityReport } from './quality.ts';
import { centreFilterReport, centreMetricsReport, cleaningReport, type About } from './reports.ts';

type Loaded = {
  readonly files: readonly string[];
  readonly about: About;
  readonly thread: ClusterThread;
};

/** Embeds the faces of a folder where they have no vectors, and lends a thread that holds them for the time of `use`. */
const withFaces = async <Report>(
  studio: Studio,
  of: FacesOfFolder,
  hooks: WorkHooks,
  use: (loaded: Loaded) => Promise<Report>,
): Promise<Report> => {
  const { files, vectors, graphFile: file, noFace, failed } = await facesOfFolder(studio, of, hooks);
  const { identityOf, identities } = labelByFolder(files);
  const thread = startClusterThread();
  try {
    await thread.ask('load', { vectors, graphed: vectors.count, file, parameters: null }, hooks);
    return await use({
      files,
      thread,
      about: {
        names: namesOfFolder({ files, identities }),
        labels: {
          identityOf,
          identityCount: identities.length,
          takesPart: null,
          settled: null,
          contentOf: files.map(() => null),
          sourceOf: null,
        },
        lacking: { noFace: [...noFace], failed: [...failed] },
      },
    });
  } finally {
    await thread.close();
  }
};

/** Ranks what may be wrong with the labels of a folder. @throws UNUSABLE or FAILED, or the signal's reason */
export const rankFolder = (
  studio: Studio,
  { queue, of, limit }: { readonly queue: CleaningQueue; readonly of: FacesOfFolder; readonly limit: number },
  hooks: WorkHooks,
): Promise<CleaningReport> => {
  if (queue === 'quality') return qualityReport(of.folder, limit);
  return withFaces(studio, of, hooks, async ({ files, about, thread }) => {
    const labels =
      queue === 'duplicates'
        ? { ...about.labels, contentOf: await hashFiles(of.folder, files, hooks) }
        : about.labels;
    return cleaningReport(await thread.ask('rank', { labels, queue, limit }, hooks), about);
  });
};

/** How far the faces of a folder are from the centres of their identities. @throws as `rankFolder` */
export const measureFolder = (
  studio: Studio,
  of: FacesOfFolder,
  hooks: WorkHooks,
): Promise<CentreMetricsReport> =>
  withFaces(studio, of, hooks, async ({ about, thread }) =>
    centreMetricsReport(await thread.ask('centre', about.labels, hooks), about),
  );

/** What a filter by that distance leaves of a folder. @throws as `rankFolder` */
export const filterFolder = (
  studio: Studio,
  { of, filter }: { readonly of: FacesOfFolder; readonly filter: CentreFilterWish },
  hooks: WorkHooks,
): Promise<CentreFilterReport> =>
  withFaces(studio, of, hooks, async ({ about, thread }) =>
    centreFilterReport(await thread.ask('filter', { labels: about.labels, filter }, hooks), about),
  );
