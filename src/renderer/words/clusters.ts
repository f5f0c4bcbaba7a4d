import type { ClusterAlgorithm } from '../../contract/clustering.ts';
import type { FaceGroup, GroupOrder, GroupsShown } from '../../contract/workspace-clusters.ts';
import { countOf, formatCount } from './format.ts';

export const ALGORITHM_NAMES = [
  ['dbscan', 'DBSCAN'],
  ['chinese-whispers', 'Chinese whispers'],
  ['hdbscan', 'HDBSCAN'],
] as const satisfies readonly (readonly [ClusterAlgorithm, string])[];

export const ORDER_NAMES = [
  ['size', 'Largest first'],
  ['least-certain', 'Least certain first'],
  ['most-certain', 'Most certain first'],
] as const satisfies readonly (readonly [GroupOrder, string])[];

export const SHOWN_NAMES = [
  ['several', 'Groups'],
  ['unnamed', 'Without a name'],
  ['alone', 'Faces alone'],
  ['all', 'All'],
] as const satisfies readonly (readonly [GroupsShown, string])[];

/** `80 %`: how certain it is that a group is one person. */
export const formatCertainty = (certainty: number): string => `${String(Math.round(100 * certainty))} %`;

/** Whose faces a group holds: `Ann`, `Ann 7 of 9`, `Ann and 2 more`, `no name`. */
export const nameOfGroup = ({ identity, identities, size }: FaceGroup): string => {
  if (identity === null) return 'no name';
  if (identities > 1) return `${identity.name} and ${formatCount(identities - 1)} more`;
  return identity.faces === size
    ? identity.name
    : `${identity.name} ${formatCount(identity.faces)} of ${formatCount(size)}`;
};

/** A group in a line. */
export const describeGroup = (group: FaceGroup): string =>
  `${countOf(group.size, 'face')}, ${nameOfGroup(group)}${group.size > 1 ? `, certainty ${formatCertainty(group.certainty)}` : ''}`;

/** A distance between vectors, to three places. */
export const formatApart = (distance: number): string => distance.toFixed(3);
