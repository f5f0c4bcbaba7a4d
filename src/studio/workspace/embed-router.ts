import { implement } from '@orpc/server';
import { workspaceEmbedContract } from '../../contract/workspace-embed.ts';
import { embedWorkspace } from '../embeddings/embed-workspace.ts';
import { findModel } from '../models/registry.ts';
import type { Studio } from '../studio.ts';
import { streamInWorkspace } from './stream.ts';

/** Implements what the contract says of the vectors of a workspace. */
export const embedHandlers = ({ home, host, workspaces, now }: Studio) => {
  const os = implement(workspaceEmbedContract);
  return {
    embed: os.embed.handler(async function* ({ input, signal }) {
      const { workspace: folder, engine: choice, isFlipped, output } = input;
      yield* await workspaces.use(folder, 'write', (workspace) =>
        streamInWorkspace(
          workspace,
          now,
          async (hooks) => {
            const model = await findModel({ home, workspace: workspace.paths.folder }, input.model);
            const wish = { choice, gpuMemoryFraction: 1, networkCores: 'all' } as const;
            const engine = await host.acquire(wish, hooks.signal);
            try {
              return await embedWorkspace(workspace, { model, isFlipped, engine, output, now }, hooks);
            } finally {
              engine.release();
            }
          },
          signal,
        ),
      );
    }),
  };
};
