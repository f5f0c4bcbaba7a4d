import type { ClusterAlgorithm, ClusterQuality } from '../../contract/clustering.ts';
import type {
  ClusterConflict,
  FaceGroup,
  GroupOrder,
  GroupsShown,
} from '../../contract/workspace-clusters.ts';
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

/** What clusters are measured by, and what each says. */
export const QUALITY_ROWS = [
  ['pairwisePrecision', 'Precision', 'Of all pairs of faces in one group the share that bear one name.'],
  ['pairwiseRecall', 'Recall', 'Of all pairs of faces of one name the share that are in one group.'],
  ['pairwiseF', 'F', 'Precision and recall of pairs in one number.'],
  [
    'bcubedF',
    'BCubed F',
    'The same, where every face counts as much as any other and large groups do not rule.',
  ],
  [
    'nmi',
    'NMI',
    'Normalised mutual information: how much a group tells of the name, and a name of the group.',
  ],
] as const satisfies readonly (readonly [keyof ClusterQuality, string, string])[];

/** A share from 0 to 1, to three places. */
export const formatShare = (share: number): string => share.toFixed(3);

/** What was said, or holds by itself, of two faces. */
export const ruleOfConflict = ({ kind }: ClusterConflict): string =>
  ({
    together: 'Somebody said that these are one person.',
    apart: 'Somebody said that these are two people.',
    photo: 'Two faces of one photo are two people.',
  })[kind];

/** Why it is set aside. */
export const reasonOfConflict = ({ kind, because }: ClusterConflict): string => {
  if (kind === 'together')
    return because === 'identities'
      ? 'But they were given different names, and names go first.'
      : 'But others that are together with them are said to be two people.';
  return because === 'identities'
    ? 'But they were given the same name, and names go first.'
    : 'But pairs that somebody said to be one person lead from one to the other:';
};
