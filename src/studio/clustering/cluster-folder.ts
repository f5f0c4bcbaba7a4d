import type { ClusterParameters, ClusterReport } from '../../contract/clustering.ts';
import type { EmbeddedFolder } from '../../contract/cleaning.ts';
import { clusterFaces, lengthsOf, neighboursFor } from '../../core/clustering/cluster-faces.ts';
import { countSingletons, facesByCluster } from '../../core/clustering/clustering.ts';
import { unconstrained } from '../../core/clustering/constraints.ts';
import { createForeignSearch } from '../../node/neighbours/foreign.ts';
import { readEmbeddedFolder } from '../cleaning/embedded-folder.ts';
import { findGraph, NEIGHBOURS } from '../cleaning/evidence.ts';
import type { WorkHooks } from '../stream-work.ts';
import { checkOutput, writeClusters } from './write-clusters.ts';

export type ClusterRequest = {
  readonly of: EmbeddedFolder;
  readonly parameters: ClusterParameters;
  readonly output: string | null;
};

/** Files relative to the folder; `embed` names them with the folder as it was given before. */
const namesWithin = (folder: string, files: readonly string[]): readonly string[] => {
  const before = folder.endsWith('/') ? folder : `${folder}/`;
  return files.every((file) => file.startsWith(before))
    ? files.map((file) => file.slice(before.length))
    : files;
};

/** Clusters the faces of a folder, and writes them as folders where asked to. @throws UNUSABLE or FAILED, or the signal's reason */
export const clusterFolder = async (
  { of, parameters, output: given }: ClusterRequest,
  now: () => number,
  hooks: WorkHooks,
): Promise<ClusterReport> => {
  const startedMs = now();
  const output = given === null ? null : await checkOutput(of.folder, given);
  const { files: named, vectors } = await readEmbeddedFolder(of);
  const files = namesWithin(of.folder, named);
  const k = Math.max(NEIGHBOURS, neighboursFor(parameters));
  const graph = await findGraph(vectors, k, `${of.embeddings}.neighbours`, hooks);
  const faces = {
    graph,
    lengths: lengthsOf(vectors),
    search: createForeignSearch(vectors, { signal: hooks.signal }),
  };
  const found = await clusterFaces(faces, parameters, unconstrained(vectors.count));
  hooks.signal.throwIfAborted();
  const clusters = facesByCluster(found)
    .toSorted((a, b) => b.length - a.length)
    .map((members, id) => ({ id, faces: members.map((face) => files[face] ?? '') }));
  const failed = output === null ? [] : await writeClusters(of.folder, output, clusters, hooks);
  return {
    parameters,
    clusters,
    singletons: countSingletons(found),
    failed: [...failed],
    seconds: (now() - startedMs) / 1000,
  };
};
