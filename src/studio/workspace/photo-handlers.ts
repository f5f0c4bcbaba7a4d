import { implement } from '@orpc/server';
import { workspaceContract } from '../../contract/workspace.ts';
import { retryPhoto } from '../ingest/retry.ts';
import type { Studio } from '../studio.ts';
import { readPhoto } from './photo.ts';
import { summariesOf } from './summaries.ts';

/** What concerns single photos and faces. */
export const photoHandlers = ({ workspaces, recrops, host }: Studio) => {
  const os = implement(workspaceContract);
  return {
    photo: os.photo.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => readPhoto(workspace, input.photo)),
    ),
    facesById: os.facesById.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => [
        ...summariesOf(workspace.catalogue, workspace.faces(), input.faces),
      ]),
    ),
    recrop: os.recrop.handler(({ input }) =>
      workspaces.use(input.workspace, 'write', async (workspace) => {
        await recrops.photo(workspace, input.photo);
        return readPhoto(workspace, input.photo);
      }),
    ),
    retry: os.retry.handler(({ input, signal }) =>
      workspaces.use(input.workspace, 'read', (workspace) => retryPhoto(host, workspace, input, signal)),
    ),
  };
};
