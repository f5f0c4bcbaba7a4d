import type { Workspace } from '../workspace/open.ts';
import { createDesk, type Desk } from './desk.ts';
import { variantName, type VectorKind } from './gather.ts';
import { distancesOf } from './settings-of-wish.ts';

/** The desks of open workspaces, one each: that of other vectors takes its place. */
export type Desks = {
  /** The desk of a workspace, for as long as it is open. Nothing may be at hand there yet. */
  of(workspace: Workspace, kind: VectorKind): Desk;
};

/** The model as it says of distances; vectors that are followed by those of mirrored crops have others. */
export const measuredOf = ({ model, isFlipped }: VectorKind) => (isFlipped ? null : model.manifest);

/** No workspace has a desk. */
export const createDesks = (report: (error: unknown) => void): Desks => {
  const desks = new Map<Workspace, Desk>();
  const closed = (desk: Desk): void => {
    desk.close().catch(report);
  };
  return {
    of(workspace, kind) {
      const known = desks.get(workspace);
      if (known !== undefined && variantName(known.kind) === variantName(kind)) return known;
      if (known !== undefined) closed(known);
      else
        workspace.ended.addEventListener(
          'abort',
          () => {
            const last = desks.get(workspace);
            desks.delete(workspace);
            if (last !== undefined) closed(last);
          },
          { once: true },
        );
      const desk = createDesk(workspace, kind, distancesOf(measuredOf(kind)).eps);
      desks.set(workspace, desk);
      return desk;
    },
  };
};
