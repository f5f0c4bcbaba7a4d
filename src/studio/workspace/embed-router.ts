import { implement } from '@orpc/server';
import type { VectorOutput } from '../../contract/embedding.ts';
import type { EngineChoice } from '../../contract/engine.ts';
import { workspaceEmbedContract, type WorkspaceEmbedReport } from '../../contract/workspace-embed.ts';
import { dimensionsOf } from '../embeddings/embed-workspace.ts';
import type { EmbeddingRequest } from '../embeddings/embeddings.ts';
import { exportVectors } from '../embeddings/export-vectors.ts';
import { countVectors, readVectors } from '../embeddings/read-vectors.ts';
import { waitForVectors } from '../embeddings/wait.ts';
import { findModel } from '../models/registry.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from './open.ts';
import { streamInWorkspace } from './stream.ts';

type Asked = { readonly model?: string | undefined; readonly isFlipped: boolean };
type AskedOfEngine = Asked & { readonly engine: EngineChoice };

const kindOf = async ({ home }: Studio, { paths }: Workspace, { model, isFlipped }: Asked) => ({
  model: await findModel({ home, workspace: paths.folder }, model),
  isFlipped,
});

const requestOf = async (
  studio: Studio,
  workspace: Workspace,
  asked: AskedOfEngine,
  isKept: boolean,
): Promise<EmbeddingRequest> => ({
  ...(await kindOf(studio, workspace, asked)),
  choice: asked.engine,
  isKept,
});

const embed = async (
  studio: Studio,
  workspace: Workspace,
  asked: AskedOfEngine & { readonly output: VectorOutput | null },
  hooks: WorkHooks,
): Promise<WorkspaceEmbedReport> => {
  const { output } = asked;
  const request = await requestOf(studio, workspace, asked, false);
  const { failures, failed, ...summary } = await waitForVectors(
    studio,
    workspace.paths.folder,
    request,
    hooks,
  );
  const embedded = await readVectors(workspace, request);
  if (output !== null) await exportVectors(output, embedded);
  return {
    ...summary,
    model: request.model.manifest.id,
    dimensions: dimensionsOf(request),
    faces: summary.embedded + summary.fresh + failed,
    files: embedded.faces.map(({ shown }) => shown),
    failed: failures.map(({ face, reason }) => ({ file: face.shown, reason })),
    output: output?.path ?? null,
  };
};

/** Implements what the contract says of the vectors of a workspace. */
export const embedHandlers = (studio: Studio) => {
  const os = implement(workspaceEmbedContract);
  const { workspaces, embeddings, now } = studio;
  return {
    vectors: os.vectors.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', async (workspace) => {
        const kind = await kindOf(studio, workspace, input);
        const { id, title } = kind.model.manifest;
        return { model: id, title, counts: await countVectors(workspace, kind) };
      }),
    ),
    startEmbed: os.startEmbed.handler(({ input }) =>
      workspaces.use(input.workspace, 'write', async (workspace) => {
        const { folder } = workspace.paths;
        const request = await requestOf(studio, workspace, input, true);
        embeddings.standing(folder, request).isOrdered = true;
        return { job: embeddings.start(folder, request) };
      }),
    ),
    embed: os.embed.handler(async function* ({ input, signal }) {
      yield* await workspaces.use(input.workspace, 'write', (workspace) =>
        streamInWorkspace(workspace, now, (hooks) => embed(studio, workspace, input, hooks), signal),
      );
    }),
  };
};
