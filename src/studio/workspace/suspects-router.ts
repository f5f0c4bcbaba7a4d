import { implement } from '@orpc/server';
import type { SuspectEvidence } from '../../contract/workspace-suspects.ts';
import { workspaceSuspectsContract } from '../../contract/workspace-suspects.ts';
import type { Desk } from '../clustering/desk.ts';
import { evidenceOfSuspect } from '../cleaning/suspect-evidence.ts';
import { openPairs } from '../cleaning/identity-pairs.ts';
import { createRankings, openSuspects, rankQuestions } from '../cleaning/suspects.ts';
import { countVectors } from '../embeddings/read-vectors.ts';
import { findModel } from '../models/registry.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from './open.ts';
import { streamInWorkspace } from './stream.ts';

type Asked = { readonly workspace: string; readonly model?: string | undefined; readonly isFlipped: boolean };

/** Implements what the contract says of faces whose labels may be wrong. */
export const suspectHandlers = (studio: Studio) => {
  const os = implement(workspaceSuspectsContract);
  const { now, workspaces, desks, home } = studio;
  const rankings = createRankings();
  const atDesk = <Result>(
    { workspace: folder, model: id, isFlipped }: Asked,
    work: (workspace: Workspace, desk: Desk) => Promise<Result> | Result,
  ): Promise<Result> =>
    workspaces.use(folder, 'read', async (workspace) => {
      const model = await findModel({ home, workspace: workspace.paths.folder }, id);
      return work(workspace, desks.of(workspace, { model, isFlipped }));
    });
  return {
    state: os.state.handler(({ input }) =>
      atDesk(input, async (workspace, { kind }) => {
        const ranking = rankings.of(workspace);
        return {
          ranking: ranking === null ? null : { faces: ranking.faces, failed: [...ranking.failed] },
          waiting: (await countVectors(workspace, kind)).waiting,
          threshold: kind.isFlipped ? null : (kind.model.manifest.threshold?.distance ?? null),
        };
      }),
    ),
    rank: os.rank.handler(async function* ({ input, signal }) {
      yield* await atDesk(input, (workspace, desk) =>
        streamInWorkspace(
          workspace,
          now,
          async (hooks) => {
            const ranking = await rankQuestions({ studio, workspace, desk, engine: input.engine }, hooks);
            rankings.keep(workspace, ranking);
            return { faces: ranking.faces, failed: [...ranking.failed] };
          },
          signal,
        ),
      );
    }),
    list: os.list.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => {
        const ranking = rankings.of(workspace);
        return {
          revision: workspace.revision(),
          suspects: ranking === null ? [] : [...openSuspects(workspace, ranking)],
          identityPairs: ranking === null ? [] : [...openPairs(workspace, ranking.identityPairs)],
        };
      }),
    ),
    evidence: os.evidence.handler(({ input, signal }) =>
      atDesk(input, async (workspace, desk) => {
        const ranking = rankings.of(workspace);
        const asked = new Set(input.faces);
        const suspects = new Map(
          (ranking === null ? [] : openSuspects(workspace, ranking))
            .filter(({ face }) => asked.has(face))
            .map((suspect) => [suspect.face, suspect]),
        );
        if (suspects.size === 0) return [];
        await desk.prepare(false, {
          signal: signal ?? new AbortController().signal,
          onProgress: () => undefined,
        });
        const found: SuspectEvidence[] = [];
        for (const face of input.faces) {
          const suspect = suspects.get(face);
          if (suspect !== undefined) found.push(await evidenceOfSuspect(workspace, desk, suspect, {}));
        }
        return found;
      }),
    ),
  };
};
