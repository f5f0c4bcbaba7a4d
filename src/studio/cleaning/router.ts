import { implement } from '@orpc/server';
import type { CleaningReport, EmbeddedFolder } from '../../contract/cleaning.ts';
import { studioContract } from '../../contract/studio.ts';
import { centreDistances, filterByCentre, histogramOf } from '../../core/cleaning/centre-filter.ts';
import { unusable } from '../failure.ts';
import { streamWork, type WorkHooks } from '../stream-work.ts';
import { hashFiles } from './contents.ts';
import { readEmbeddedFolder } from './embedded-folder.ts';
import { findEvidence } from './evidence.ts';
import { qualityReport } from './quality.ts';
import { duplicateReport, identitiesReport, mislabelReport, mixedReport } from './queues.ts';

const HISTOGRAM_BINS = 100;

type RankInput = {
  readonly queue: CleaningReport['queue'];
  readonly folder: string;
  readonly embeddings: string | null;
  readonly files: string | null;
  readonly limit: number;
};

const rank = async (
  { queue, folder, embeddings, files, limit }: RankInput,
  hooks: WorkHooks,
): Promise<CleaningReport> => {
  if (queue === 'quality') return qualityReport(folder, limit);
  if (embeddings === null)
    throw unusable(`The faces of ${folder} have no embeddings yet: name a .npy file with --embeddings.`);
  const faces = await readEmbeddedFolder({ folder, embeddings, files });
  const evidence = await findEvidence(faces, `${embeddings}.neighbours`, hooks);
  switch (queue) {
    case 'mislabels':
      return mislabelReport(evidence, faces, limit);
    case 'identities':
      return identitiesReport(evidence, faces, limit);
    case 'mixed':
      return mixedReport(evidence, faces, limit);
    case 'duplicates':
      return duplicateReport(evidence, faces, await hashFiles(folder, faces.files, hooks), limit);
  }
};

const metrics = async (of: EmbeddedFolder) => {
  const faces = await readEmbeddedFolder(of);
  return { faces, distances: centreDistances(faces) };
};

/** Implements the contract of cleaning. */
export const createCleaningRouter = ({ now }: { readonly now: () => number }) => {
  const os = implement(studioContract);
  return {
    rank: os.cleaning.rank.handler(async function* ({ input, signal }) {
      yield* streamWork(now, (hooks) => rank(input, hooks), signal);
    }),
    centreMetrics: os.cleaning.centreMetrics.handler(async ({ input }) => {
      const { faces, distances } = await metrics(input.of);
      const { counts, least, width } = histogramOf(distances, HISTOGRAM_BINS);
      return {
        faces: faces.files.flatMap((file, face) => {
          const distance = distances[face] ?? Number.NaN;
          const identity = faces.identities[faces.identityOf[face] ?? -1];
          return identity === undefined ? [] : [{ file, identity, distance }];
        }),
        histogram: { least, width, counts: [...counts] },
      };
    }),
    centreFilter: os.cleaning.centreFilter.handler(async ({ input: { of, ...filter } }) => {
      const { faces, distances } = await metrics(of);
      const { thresholdDistance, stays, facesLeft, identitiesLeft } = filterByCentre(
        faces,
        distances,
        filter,
      );
      return {
        thresholdDistance,
        faces: faces.files.length,
        facesLeft,
        identities: faces.identities.length,
        identitiesLeft,
        removed: faces.files.filter((_, face) => stays[face] === 0),
      };
    }),
  };
};
