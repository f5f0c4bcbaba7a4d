import type { ClusterParameters, ClusterWish } from '../../contract/clustering.ts';
import type { EngineChoice } from '../../contract/engine.ts';
import type { WorkspaceClusterReport } from '../../contract/workspace-clusters.ts';
import { LEFT_OUT, NEW } from '../../core/clustering/clustering.ts';
import type { Editing } from '../edits/edit.ts';
import { shownFiles } from './shown-files.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import type { Desk, Laid, Present } from './desk.ts';
import { measuredOf } from './desks.ts';
import { variantName, type VectorKind } from './gather.ts';
import { keepClustering, readClustering, type Members } from './kept-clusters.ts';
import { makeMissingVectors } from './missing-vectors.ts';
import { radiusOf, settingsOfWish } from './settings-of-wish.ts';
import { roundsOf } from './stability-rounds.ts';

export type ClusterRun = {
  readonly kind: VectorKind;
  readonly engine: EngineChoice;
  readonly wish: ClusterWish;
  readonly stabilityRounds: number | null;
  readonly isAnew: boolean;
  readonly isListed: boolean;
  readonly who: string;
};

type Place = {
  readonly studio: Studio;
  readonly workspace: Workspace;
  readonly editing: Editing;
  readonly desk: Desk;
};

const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/** Labels by place as the catalogue keeps them: by id of face, ascending. */
const membersOf = ({ ids }: Present, labels: Int32Array): Members => {
  const places = [...labels.keys()]
    .filter((place) => (labels[place] ?? LEFT_OUT) >= 0 && ids[place] !== 0)
    .sort((a, b) => (ids[a] ?? 0) - (ids[b] ?? 0));
  return {
    faces: Uint32Array.from(places, (place) => ids[place] ?? 0),
    labels: Int32Array.from(places, (place) => labels[place] ?? 0),
  };
};

/** Whether only faces that came since the last run need a cluster: it was made of the same vectors by the same parameters. */
const isContinued = (
  { workspace }: Place,
  { kind, isAnew }: ClusterRun,
  parameters: ClusterParameters,
): boolean => {
  if (isAnew) return false;
  const last = readClustering(workspace.catalogue);
  return (
    last !== null &&
    last.variant === variantName(kind) &&
    JSON.stringify(last.parameters) === JSON.stringify(parameters)
  );
};

type Done = Pick<WorkspaceClusterReport, 'kind' | 'added' | 'stability' | 'sequence'>;

const clusterAll = async (
  { workspace, editing, desk }: Place,
  { kind, stabilityRounds, who }: ClusterRun,
  parameters: ClusterParameters,
  hooks: WorkHooks,
): Promise<Done> => {
  await desk.prepare(true, hooks);
  const present = await desk.present();
  const { takesPart } = present;
  const asked = { parameters, constraints: present.constraints, takesPart };
  const { labels, clusters } = await desk.ask('run', asked, hooks);
  const members = membersOf(present, labels);
  const rounds = members.faces.length < 2 ? 0 : roundsOf(stabilityRounds, members.faces.length);
  const stability = rounds === 0 ? null : await desk.ask('stability', { ...asked, labels, rounds }, hooks);
  hooks.signal.throwIfAborted();
  const label = `Clustered ${counted(members.faces.length, 'face', 'faces')} into ${counted(clusters, 'cluster', 'clusters')}.`;
  const added = present.labels.reduce((count, before) => count + (before === NEW ? 1 : 0), 0);
  workspace.ended.throwIfAborted();
  const sequence = keepClustering(
    editing,
    { variant: variantName(kind), parameters, ...members },
    { who, label },
  );
  return { kind: 'whole', added, stability, sequence };
};

const clusterArrivals = async (
  { workspace, editing, desk }: Place,
  { kind, who }: ClusterRun,
  parameters: ClusterParameters,
  hooks: WorkHooks,
): Promise<Done> => {
  await desk.prepare(false, hooks);
  const present = await desk.present();
  const added = present.labels.reduce((count, label) => count + (label === NEW ? 1 : 0), 0);
  if (added === 0) return { kind: 'arrivals', added, stability: null, sequence: null };
  const { labels } = await desk.ask(
    'join',
    {
      labels: present.labels,
      radius: radiusOf(parameters, measuredOf(kind)),
      constraints: present.constraints,
    },
    hooks,
  );
  hooks.signal.throwIfAborted();
  workspace.ended.throwIfAborted();
  const found = { variant: variantName(kind), parameters, ...membersOf(present, labels) };
  const label = `Put ${counted(added, 'new face', 'new faces')} into clusters.`;
  return {
    kind: 'arrivals',
    added,
    stability: null,
    sequence: keepClustering(editing, found, { who, label }),
  };
};

/** Clusters as lists of files, the largest first. */
const listed = (
  workspace: Workspace,
  { starts, members, clusters, ids }: Laid,
): WorkspaceClusterReport['clusters'] => {
  const files = shownFiles(workspace.catalogue);
  return Array.from({ length: clusters }, (_, cluster) =>
    members.subarray(starts[cluster], starts[cluster + 1]),
  )
    .toSorted((a, b) => b.length - a.length)
    .map((faces, id) => ({ id, faces: [...faces].map((place) => files(ids[place] ?? 0)) }));
};

const countAlone = ({ starts, clusters }: Laid): number => {
  let alone = 0;
  for (let cluster = 0; cluster < clusters; cluster += 1)
    if ((starts[cluster + 1] ?? 0) - (starts[cluster] ?? 0) === 1) alone += 1;
  return alone;
};

/**
 * Makes the vectors that are missing, clusters a workspace's faces under everything that was decided of them, and keeps that as one step. With the
 * parameters of the run before only faces that came since are put into clusters, unless it is asked for anew.
 * @throws a failure, or the signal's reason: then no cluster was changed
 */
export const clusterWorkspace = async (
  place: Place,
  run: ClusterRun,
  hooks: WorkHooks,
): Promise<WorkspaceClusterReport> => {
  const { studio, workspace, desk } = place;
  const startedMs = studio.now();
  const { failed, embedded } = await makeMissingVectors(studio, workspace, run.kind, run.engine, hooks);
  if (embedded > 0) desk.outdate();
  const parameters = settingsOfWish(run.wish, measuredOf(run.kind));
  const cluster = isContinued(place, run, parameters) ? clusterArrivals : clusterAll;
  const done = await cluster(place, run, parameters, hooks);
  const laid = await desk.laid();
  return {
    ...done,
    parameters,
    model: run.kind.model.manifest.id,
    faces: laid.members.length,
    clusters: run.isListed ? listed(workspace, laid) : [],
    singletons: countAlone(laid),
    quality: laid.quality,
    conflicts: laid.conflicts.length,
    failed: [...failed],
    seconds: (studio.now() - startedMs) / 1000,
  };
};
