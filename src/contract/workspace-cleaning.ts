import * as z from 'zod';
import {
  CentreFilterReport,
  CentreFilterWish,
  CentreMetricsReport,
  CleaningQueue,
  CleaningReport,
} from './cleaning.ts';
import { EngineChoice } from './engine.ts';
import { procedure, workStream } from './procedure.ts';
import { Workspace } from './workspace-input.ts';

/** Vectors of a workspace's faces. */
const Asked = Workspace.extend({
  /** Left out: the default model. */
  model: z.string().optional(),
  isFlipped: z.boolean().default(false),
});

const AskedOfEngine = Asked.extend({ engine: EngineChoice.default('auto') });

/**
 * Clean labels of a workspace: what may be wrong with them, as decisions have them now. Nothing is changed; vectors that are missing are made.
 * Leaving a stream stops the work.
 */
export const workspaceCleaningContract = {
  /** The whole of a queue, as reports list it. */
  rank: procedure
    .input(AskedOfEngine.extend({ queue: CleaningQueue, limit: z.int().positive() }))
    .output(workStream(CleaningReport)),
  centreMetrics: procedure.input(AskedOfEngine).output(workStream(CentreMetricsReport)),
  centreFilter: procedure
    .input(AskedOfEngine.extend({ filter: CentreFilterWish }))
    .output(workStream(CentreFilterReport)),
};
