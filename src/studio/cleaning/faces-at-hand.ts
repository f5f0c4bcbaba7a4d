import type { FileProblem } from '../../contract/embedding.ts';
import type { EngineChoice } from '../../contract/engine.ts';
import type { Desk } from '../clustering/desk.ts';
import { makeMissingVectors } from '../clustering/missing-vectors.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import { labelsOfWorkspace, type WorkspaceLabels } from './labels-of-workspace.ts';

/** A workspace and the vectors that are wanted of it. */
export type WorkspaceToClean = {
  readonly studio: Studio;
  readonly workspace: Workspace;
  readonly desk: Desk;
  readonly engine: EngineChoice;
};

/** What is known of faces that have vectors, by their places. */
export type FacesAtHand = WorkspaceLabels & {
  /** [places] ids of faces. */
  readonly ids: Uint32Array;
  /** Faces whose vectors could not be made. */
  readonly failed: readonly FileProblem[];
};

/** Has missing vectors made, and reads what is known of the faces now. @throws a failure, or the signal's reason */
export const facesAtHand = async (
  { studio, workspace, desk, engine }: WorkspaceToClean,
  hooks: WorkHooks,
): Promise<FacesAtHand> => {
  const { failed, embedded } = await makeMissingVectors(studio, workspace, desk.kind, engine, hooks);
  if (embedded > 0) desk.outdate();
  await desk.prepare(true, hooks);
  const present = await desk.present();
  return { ...labelsOfWorkspace(workspace, present), ids: present.ids, failed };
};
