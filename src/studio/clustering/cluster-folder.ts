import type { ClusterParameters, ClusterReport, ClusterWish } from '../../contract/clustering.ts';
import type { FileProblem } from '../../contract/embedding.ts';
import type { FacesOfFolder } from '../../contract/folder-faces.ts';
import { countSingletons, facesByCluster } from '../../core/clustering/clustering.ts';
import { labelByFolder } from '../cleaning/embedded-folder.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { facesOfFolder, nameIn, type FolderFaces } from './faces-of-folder.ts';
import { startClusterThread } from './on-thread.ts';
import { settingsOfWish } from './settings-of-wish.ts';
import { roundsOf } from './stability-rounds.ts';
import { checkOutput, writeClusters } from './write-clusters.ts';

export type ClusterRequest = {
  readonly of: FacesOfFolder;
  readonly wish: ClusterWish;
  readonly stabilityRounds: number | null;
  readonly output: string | null;
};

/** Clusters vectors of which nothing is known, the largest cluster first, and says how stable that is and how well it agrees with the folders. */
const clusterVectors = async (
  { files, vectors, graphFile }: FolderFaces,
  parameters: ClusterParameters,
  stabilityRounds: number | null,
  hooks: WorkHooks,
) => {
  const thread = startClusterThread();
  try {
    const asked = { parameters, constraints: null, takesPart: null };
    await thread.ask('load', { vectors, graphed: vectors.count, file: graphFile, parameters }, hooks);
    const found = await thread.ask('run', asked, hooks);
    const rounds = roundsOf(stabilityRounds, vectors.count);
    const { labels } = found;
    const stability =
      rounds === 0 ? null : await thread.ask('stability', { ...asked, labels, rounds }, hooks);
    const clusters = facesByCluster(found).toSorted((a, b) => b.length - a.length);
    const quality = await thread.ask('measure', { labels, names: labelByFolder(files).identityOf });
    return { clusters, singletons: countSingletons(found), stability, quality };
  } finally {
    await thread.close();
  }
};

const NOT_READ: Omit<FileProblem, 'file'> = {
  reason: { code: 'missing', message: 'The file could not be read, so it was not copied.' },
};

/** Clusters the faces of a folder, and writes them as folders where asked to. @throws UNUSABLE or FAILED, or the signal's reason */
export const clusterFolder = async (
  studio: Studio,
  { of, wish, stabilityRounds, output: given }: ClusterRequest,
  hooks: WorkHooks,
): Promise<ClusterReport> => {
  const { now } = studio;
  const startedMs = now();
  const { folder } = of;
  const output = given === null ? null : await checkOutput(folder, given);
  const faces = await facesOfFolder(studio, of, hooks);
  const parameters = settingsOfWish(wish, faces.model);
  const found = await clusterVectors(faces, parameters, stabilityRounds, hooks);
  hooks.signal.throwIfAborted();
  const clusters = found.clusters.map((members, id) => ({
    id,
    faces: members.map((face) => faces.files[face] ?? ''),
  }));
  const missing = output === null ? [] : await writeClusters(folder, output, clusters, hooks);
  const named = (file: string): string => nameIn(folder, file);
  return {
    parameters,
    model: faces.model?.id ?? null,
    clusters: clusters.map(({ id, faces: files }) => ({ id, faces: files.map(named) })),
    singletons: found.singletons,
    noFace: [...faces.noFace],
    failed: [...faces.failed, ...missing.map((file) => ({ file: named(file), ...NOT_READ }))],
    remade: [...faces.remade],
    stability: found.stability,
    quality: found.quality,
    seconds: (now() - startedMs) / 1000,
  };
};
