import { implement } from '@orpc/server';
import { evaluationContract } from '../../contract/evaluation.ts';
import { overlapOf } from '../pairs/overlap.ts';
import { streamWork } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { streamInWorkspace } from '../workspace/stream.ts';
import { createDesks } from './desk.ts';
import { evaluateAgain, evaluateList, vectorsOf } from './evaluate.ts';
import { nearestFaces } from './nearest.ts';
import { describedPairs, shownPairs, toldEvaluation } from './shown.ts';
import { readEvaluation, readEvaluations, readList, removeEvaluation } from './store.ts';
import { keepThreshold, readThreshold } from './threshold.ts';

/** Implements lists of pairs judged in a workspace. */
export const createEvaluationRouter = (studio: Studio) => {
  const os = implement(evaluationContract);
  const { now, workspaces } = studio;
  const deskOf = createDesks(studio);
  return {
    list: os.list.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', async ({ paths, catalogue }) =>
        (await readEvaluations(paths)).map((evaluation) => toldEvaluation(catalogue, evaluation)),
      ),
    ),
    run: os.run.handler(async function* ({ input, signal }) {
      yield* await workspaces.use(input.workspace, 'write', (workspace) =>
        streamInWorkspace(
          workspace,
          now,
          async (hooks) =>
            toldEvaluation(workspace.catalogue, await evaluateList(studio, workspace, input, hooks)),
          signal,
        ),
      );
    }),
    refresh: os.refresh.handler(async function* ({ input, signal }) {
      yield* await workspaces.use(input.workspace, 'write', (workspace) =>
        streamInWorkspace(
          workspace,
          now,
          async (hooks) =>
            toldEvaluation(workspace.catalogue, await evaluateAgain(studio, workspace, input, hooks)),
          signal,
        ),
      );
    }),
    pairs: os.pairs.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', async (workspace) =>
        shownPairs(workspace, input, await deskOf(workspace, input.evaluation)),
      ),
    ),
    describe: os.describe.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', async (workspace) => [
        ...describedPairs(workspace, input.pairs, await deskOf(workspace, input.evaluation)),
      ]),
    ),
    nearest: os.nearest.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', async (workspace) => {
        const { rules } = await readEvaluation(workspace.paths, input.evaluation);
        const { pictures } = await deskOf(workspace, input.evaluation);
        return [...nearestFaces(pictures, { ...input, metric: rules.metric })];
      }),
    ),
    overlap: os.overlap.handler(async function* ({ input, signal }) {
      const { train, engine: choice } = input;
      const { list, rules } = await workspaces.use(input.workspace, 'read', async ({ paths }) => ({
        list: await readList(paths, input.evaluation),
        rules: (await readEvaluation(paths, input.evaluation)).rules,
      }));
      const wish = { train, test: input.workspace, asked: vectorsOf(rules), choice, threshold: null };
      yield* streamWork(
        now,
        (hooks) => overlapOf(studio, { ...wish, judged: { list, rules } }, hooks),
        signal,
      );
    }),
    remove: os.remove.handler(({ input }) =>
      workspaces.use(input.workspace, 'write', ({ paths }) => removeEvaluation(paths, input.evaluation)),
    ),
    threshold: os.threshold.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', ({ catalogue }) => readThreshold(catalogue)),
    ),
    keepThreshold: os.keepThreshold.handler(({ input }) =>
      workspaces.use(input.workspace, 'write', ({ catalogue }) => {
        keepThreshold(catalogue, input.threshold);
      }),
    ),
  };
};
