import { implement } from '@orpc/server';
import { workspaceContract } from '../../contract/workspace.ts';
import { whoAmI } from '../../node/user-name.ts';
import { realPathOf } from '../files/paths.ts';
import { follow } from '../streams.ts';
import type { Studio } from '../studio.ts';
import { createWorkspace } from './create.ts';
import { workspaceId } from './recent.ts';

/** What makes, opens and closes workspaces, and remembers which were open. */
export const openingHandlers = (studio: Studio) => {
  const { workspaces, recrops, recent, alignments } = studio;
  const os = implement(workspaceContract);
  return {
    create: os.create.handler(async ({ input }) => ({ folder: await createWorkspace(input.folder) })),
    recent: os.recent.handler(async function* ({ signal }) {
      await recent.list();
      yield* follow(recent.changes, () => [...(recent.known() ?? [])], { spacingMs: 0, signal });
    }),
    forget: os.forget.handler(({ input }) => recent.forget(input.id)),
    open: os.open.handler(async ({ input }) => {
      const opened = await workspaces.use(input.workspace, input.access, ({ paths, isReadOnly }) => ({
        id: workspaceId(paths.folder),
        folder: paths.folder,
        isReadOnly,
        who: whoAmI(),
      }));
      if (input.isKeptCurrent) {
        await workspaces.keepCurrent(opened.folder);
        await studio.restored;
        if (!opened.isReadOnly) alignments.takeUp(opened.folder);
      }
      if (input.isRemembered) await recent.note(opened.folder);
      return opened;
    }),
    close: os.close.handler(async ({ input }) => {
      await recrops.settled(await realPathOf(input.workspace));
      await workspaces.close(input.workspace);
    }),
  };
};
