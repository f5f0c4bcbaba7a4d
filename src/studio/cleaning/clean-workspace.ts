import type {
  CentreFilterReport,
  CentreFilterWish,
  CentreMetricsReport,
  CleaningQueue,
  CleaningReport,
} from '../../contract/cleaning.ts';
import type { WorkHooks } from '../stream-work.ts';
import { facesAtHand, type WorkspaceToClean } from './faces-at-hand.ts';
import { namesOfWorkspace } from './labels-of-workspace.ts';
import { qualityOfWorkspace } from './quality.ts';
import { centreFilterReport, centreMetricsReport, cleaningReport, type About } from './reports.ts';

/** The faces of a workspace as reports name them. */
const aboutWorkspace = async (of: WorkspaceToClean, hooks: WorkHooks): Promise<About> => {
  const { labels, identities, ids, failed } = await facesAtHand(of, hooks);
  return {
    labels,
    names: namesOfWorkspace(of.workspace, ids, identities),
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
  const about = await aboutWorkspace(of, hooks);
  return cleaningReport(await of.desk.ask('rank', { labels: about.labels, queue, limit }, hooks), about);
};

/** How far the faces of a workspace are from the centres of their identities. @throws as `rankWorkspace` */
export const measureWorkspace = async (
  of: WorkspaceToClean,
  hooks: WorkHooks,
): Promise<CentreMetricsReport> => {
  const about = await aboutWorkspace(of, hooks);
  return centreMetricsReport(await of.desk.ask('centre', about.labels, hooks), about);
};

/** What a filter by that distance leaves of a workspace. @throws as `rankWorkspace` */
export const filterWorkspace = async (
  of: WorkspaceToClean,
  filter: CentreFilterWish,
  hooks: WorkHooks,
): Promise<CentreFilterReport> => {
  const about = await aboutWorkspace(of, hooks);
  return centreFilterReport(await of.desk.ask('filter', { labels: about.labels, filter }, hooks), about);
};
