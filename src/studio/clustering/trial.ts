import type { ClusterParameters } from '../../contract/clustering.ts';
import type { ClusterTrial } from '../../contract/workspace-clusters.ts';
import { compareClusters } from '../../core/clustering/changes.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Workspace } from '../workspace/open.ts';
import { tilesOf } from '../workspace/tiles.ts';
import type { Desk, Laid } from './desk.ts';
import { facesOf } from './groups-shown.ts';

/** Changes that are shown, groups of one that are, and faces of one of these. */
const SAMPLES = 4;
const GROUPS_OF_SAMPLE = 4;
const TILES_OF_GROUP = 3;

type Groups = readonly (readonly number[])[];

const sampleOf = (workspace: Workspace, groups: Groups) =>
  groups.slice(0, GROUPS_OF_SAMPLE).map((faces) => ({
    size: faces.length,
    tiles: tilesOf(workspace.catalogue, workspace.faces(), faces.slice(0, TILES_OF_GROUP)),
  }));

/** The faces of a cluster as another run would part them, the most faces first. */
const partsOf = (laid: Laid, cluster: number, after: Int32Array): Groups => {
  const parts = new Map<number, number[]>();
  for (const face of facesOf(laid, cluster)) {
    const part = after[laid.placeOf(face) ?? -1] ?? -1;
    parts.set(part, [...(parts.get(part) ?? []), face]);
  }
  return [...parts.values()].sort((a, b) => b.length - a.length);
};

const sizesOf = (labels: Int32Array): ReadonlyMap<number, number> => {
  const sizes = new Map<number, number>();
  for (const label of labels) if (label >= 0) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return sizes;
};

/** What other parameters would make of a workspace's faces; nothing is changed. @throws the signal's reason */
export const tryParameters = async (
  workspace: Workspace,
  desk: Desk,
  parameters: ClusterParameters,
  hooks: WorkHooks,
): Promise<ClusterTrial> => {
  await desk.prepare(true, hooks);
  const { constraints, takesPart, names } = await desk.present();
  const { labels } = await desk.ask('run', { parameters, constraints, takesPart }, hooks);
  const quality = await desk.ask('measure', { labels, names });
  const laid = await desk.laid();
  const { joined, parted } = compareClusters(laid.labels, labels);
  const sizes = [...sizesOf(labels).values()];
  return {
    parameters,
    groups: sizes.filter((size) => size > 1).length,
    alone: sizes.filter((size) => size === 1).length,
    largest: sizes.reduce((most, size) => Math.max(most, size), 0),
    quality,
    joined: {
      total: joined.length,
      samples: joined.slice(0, SAMPLES).map((clusters) =>
        sampleOf(
          workspace,
          clusters.map((cluster) => facesOf(laid, cluster)),
        ),
      ),
    },
    parted: {
      total: parted.length,
      samples: parted.slice(0, SAMPLES).map((cluster) => sampleOf(workspace, partsOf(laid, cluster, labels))),
    },
  };
};
