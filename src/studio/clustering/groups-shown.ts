import type { FaceGroup, GroupOrder, GroupsShown } from '../../contract/workspace-clusters.ts';
import { placeOf, type FaceColumns } from '../faces/columns.ts';
import { notFound } from '../failure.ts';
import type { Workspace } from '../workspace/open.ts';
import { tilesOf } from '../workspace/tiles.ts';
import type { Laid } from './desk.ts';

/** The places of the faces of a cluster, the most typical first. */
export const membersOf = ({ starts, members }: Laid, cluster: number): Int32Array =>
  members.subarray(starts[cluster], starts[cluster + 1]);

/** The faces of a cluster by id. */
export const facesOf = (laid: Laid, cluster: number): readonly number[] =>
  Array.from(membersOf(laid, cluster), (place) => laid.ids[place] ?? 0);

/** The cluster that a face is in. @throws NOT_FOUND for a face in none */
export const clusterOf = (laid: Laid, face: number): number => {
  const place = laid.placeOf(face);
  const cluster = place === undefined ? -1 : (laid.labels[place] ?? -1);
  if (cluster < 0) throw notFound(`Face ${String(face)} is in no cluster.`);
  return cluster;
};

const identityAt = (columns: FaceColumns, face: number): number =>
  columns.identities[placeOf(columns, face)] ?? 0;

/** How many of a cluster's faces bear each name. */
const namesOf = (columns: FaceColumns, faces: readonly number[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  for (const face of faces) {
    const identity = identityAt(columns, face);
    if (identity !== 0) counts.set(identity, (counts.get(identity) ?? 0) + 1);
  }
  return counts;
};

/** A cluster as windows show it. @param tiles faces that are shown of it at most */
export const groupOf = (workspace: Workspace, laid: Laid, cluster: number, tiles: number): FaceGroup => {
  const index = workspace.faces();
  const faces = facesOf(laid, cluster);
  const names = namesOf(index.columns(), faces);
  const [most] = [...names].sort(([, a], [, b]) => b - a);
  return {
    id: faces.reduce((lowest, face) => Math.min(lowest, face), Infinity),
    size: faces.length,
    certainty: laid.certainties[cluster] ?? 0,
    identity:
      most === undefined ? null : { id: most[0], name: index.people().nameOf(most[0]), faces: most[1] },
    identities: names.size,
    tiles: tilesOf(workspace.catalogue, index, faces.slice(0, tiles)),
  };
};

const sizeOf = ({ starts }: Laid, cluster: number): number =>
  (starts[cluster + 1] ?? 0) - (starts[cluster] ?? 0);

const isShown = (laid: Laid, columns: FaceColumns, shown: GroupsShown, cluster: number): boolean => {
  switch (shown) {
    case 'several':
      return sizeOf(laid, cluster) > 1;
    case 'alone':
      return sizeOf(laid, cluster) === 1;
    case 'unnamed':
      return (
        sizeOf(laid, cluster) > 1 && facesOf(laid, cluster).some((face) => identityAt(columns, face) === 0)
      );
    case 'all':
      return true;
  }
};

/** The clusters that are shown, in an order. */
export const orderedClusters = (
  workspace: Workspace,
  laid: Laid,
  { order, shown }: { readonly order: GroupOrder; readonly shown: GroupsShown },
): readonly number[] => {
  const columns = workspace.faces().columns();
  const certainty = (cluster: number): number => laid.certainties[cluster] ?? 0;
  const bySize = (a: number, b: number): number => sizeOf(laid, b) - sizeOf(laid, a);
  const compare = {
    size: (a: number, b: number) => bySize(a, b) || certainty(b) - certainty(a),
    'least-certain': (a: number, b: number) => certainty(a) - certainty(b) || bySize(a, b),
    'most-certain': (a: number, b: number) => certainty(b) - certainty(a) || bySize(a, b),
  }[order];
  return Array.from({ length: laid.clusters }, (_, cluster) => cluster)
    .filter((cluster) => isShown(laid, columns, shown, cluster))
    .sort((a, b) => compare(a, b) || a - b);
};
