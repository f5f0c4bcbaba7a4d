import type { ClusterState } from '../../contract/workspace-clusters.ts';
import type { Workspace } from '../workspace/open.ts';
import type { Desk } from './desk.ts';
import { measuredOf } from './desks.ts';
import { variantName } from './gather.ts';
import { readClustering } from './kept-clusters.ts';
import { facesToCluster } from './known-of-faces.ts';
import { distancesOf } from './settings-of-wish.ts';

/** Where the clusters of a workspace stand: by the catalogue alone where vectors are not at hand. A run of other vectors is no run of these. */
export const stateOf = async (workspace: Workspace, desk: Desk): Promise<ClusterState> => {
  const last = readClustering(workspace.catalogue);
  const run = last !== null && last.variant === variantName(desk.kind) ? last : null;
  const faces = facesToCluster(workspace.faces());
  const clustered = new Set(run?.faces);
  const { manifest } = desk.kind.model;
  const { eps, cosine } = distancesOf(measuredOf(desk.kind));
  const isReady = desk.isReady();
  const laid = run !== null && isReady ? await desk.laid() : null;
  return {
    run: run === null ? null : { parameters: run.parameters, madeAtMs: run.madeAtMs },
    proposed: { eps, cosine },
    threshold: desk.kind.isFlipped ? null : (manifest.threshold?.distance ?? null),
    faces: faces.length,
    unclustered: faces.reduce((count, face) => count + (clustered.has(face) ? 0 : 1), 0),
    isReady,
    quality: laid?.quality ?? null,
    conflicts: laid?.conflicts.length ?? 0,
  };
};
