import type {
  CentreFilterReport,
  CentreFilterWish,
  CentreMetricsReport,
  CleaningQueue,
  CleaningReport,
} from '../../contract/cleaning.ts';
import type { EngineChoice } from '../../contract/engine.ts';
import type { Desk } from '../clustering/desk.ts';
import { makeMissingVectors } from '../clustering/missing-vectors.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import { labelsOfWorkspace, namesOfWorkspace } from './labels-of-workspace.ts';
import { qualityOfWorkspace } from './quality.ts';
import { centreFilterReport, centreMetricsReport, cleaningReport, type About } from './reports.ts';

/** A workspace and the vectors that are wanted of it. */
export type WorkspaceToClean = {
  readonly studio: Studio;
  readonly workspace: Workspace;
  readonly desk: Desk;
  readonly engine: EngineChoice;
};

/** Has missing vectors made, and reads what is known of the faces now. */
const facesAtHand = async (
  { studio, workspace, desk, engine }: WorkspaceToClean,
  hooks: WorkHooks,
): Promise<About> => {
  const { failed, embedded } = await makeMissingVectors(studio, workspace, desk.kind, engine, hooks);
  if (embedded > 0) desk.outdate();
  await desk.prepare(true, hooks);
  const present = await desk.present();
  const { labels, identities } = labelsOfWorkspace(workspace, present);
  return {
    labels,
    names: namesOfWorkspace(workspace, present.ids, identities),
    lacking: { noFace: [], failed: [...failed] },
  };
};

/** Ranks what may be wrong with the labels of a workspace. @throws a failure, or the signal's reason */
export const rankWorkspace = async (
  of: WorkspaceToClean,
  { queue, limit }: { readonly queue: CleaningQueue; readonly limit: number },
  hooks: WorkHooks,
): Promise<CleaningReport> => {
  if (queue === 'quality') return qualityOfWorkspace(of.workspace, limit, hooks.signal);
  const about = await facesAtHand(of, hooks);
  return cleaningReport(await of.desk.ask('rank', { labels: about.labels, queue, limit }, hooks), about);
};

/** How far the faces of a workspace are from the centres of their identities. @throws as `rankWorkspace` */
export const measureWorkspace = async (
  of: WorkspaceToClean,
  hooks: WorkHooks,
): Promise<CentreMetricsReport> => {
  const about = await facesAtHand(of, hooks);
  return centreMetricsReport(await of.desk.ask('centre', about.labels, hooks), about);
};

/** What a filter by that distance leaves of a workspace. @throws as `rankWorkspace` */
export const filterWorkspace = async (
  of: WorkspaceToClean,
  filter: CentreFilterWish,
  hooks: WorkHooks,
): Promise<CentreFilterReport> => {
  const about = await facesAtHand(of, hooks);
  return centreFilterReport(await of.desk.ask('filter', { labels: about.labels, filter }, hooks), about);
};
