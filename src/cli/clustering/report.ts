import type { ClusterQuality, ClusterReport } from '../../contract/clustering.ts';
import type { WorkspaceClusterReport } from '../../contract/workspace-clusters.ts';
import { notesOf } from '../vectors.ts';
import { counted, duration, grouped } from '../words.ts';

const MOST_LISTED = 20;

/** The document of a report: the algorithm by itself, and failed files by name beside why they failed. */
export const documentOf = ({
  parameters,
  failed,
  ...report
}: Pick<ClusterReport, 'parameters' | 'failed'>): unknown => {
  const { algorithm, ...rest } = parameters;
  return { algorithm, parameters: rest, ...report, failed: failed.map(({ file }) => file), problems: failed };
};

const listOf = (clusters: ClusterReport['clusters']): readonly string[] => {
  const several = clusters.filter(({ faces }) => faces.length > 1);
  return [
    ...several
      .slice(0, MOST_LISTED)
      .map(({ id, faces }) => `${String(id)}\t${grouped(faces.length)}\t${faces[0] ?? ''}`),
    ...(several.length > MOST_LISTED ? [`and ${grouped(several.length - MOST_LISTED)} more`] : []),
  ];
};

type Summary = Pick<ClusterReport, 'clusters' | 'singletons' | 'stability' | 'quality' | 'seconds'>;

const qualityLines = (quality: ClusterQuality | null): readonly string[] => {
  if (quality === null) return [];
  const { faces, identities, pairwisePrecision, pairwiseRecall, pairwiseF, bcubedF, nmi } = quality;
  const share = (value: number): string => value.toFixed(3);
  return [
    `Measured by the names of ${counted(faces, 'face', 'faces')} of ${counted(identities, 'identity', 'identities')}: of pairs precision ${share(pairwisePrecision)}, recall ${share(pairwiseRecall)}, F ${share(pairwiseF)}; BCubed F ${share(bcubedF)}; NMI ${share(nmi)}.`,
  ];
};

const summaryOf = ({ clusters, singletons, stability, quality, seconds }: Summary): readonly string[] => [
  `${counted(clusters.length - singletons, 'cluster', 'clusters')} of several faces, ${counted(singletons, 'face', 'faces')} alone, in ${duration(seconds)}.`,
  ...(stability === null
    ? []
    : [`Clusters of parts of the faces agree with these to ${stability.toFixed(3)}.`]),
  ...qualityLines(quality),
];

/** What became of a folder, as lines. */
export const folderLines = (report: ClusterReport): readonly string[] => [
  ...listOf(report.clusters),
  ...summaryOf(report),
  ...notesOf(report),
];

/** What became of a workspace, as lines. */
export const workspaceLines = (report: WorkspaceClusterReport): readonly string[] => [
  ...listOf(report.clusters),
  ...summaryOf(report),
  ...(report.kind === 'whole'
    ? []
    : [
        report.added === 0
          ? 'No face came since the last run, so nothing was changed: --anew clusters all of them again.'
          : `${counted(report.added, 'face', 'faces')} came since the last run and joined its clusters or began some: --anew clusters all of them again.`,
      ]),
  ...(report.conflicts === 0
    ? []
    : [
        `${counted(report.conflicts, 'decision contradicts', 'decisions contradict')} others and was set aside.`,
      ]),
  ...notesOf({ noFace: [], remade: [], failed: report.failed }),
];
