import { join } from 'node:path';
import { implement } from '@orpc/server';
import { workspaceCareContract, type RestoredBackup } from '../../contract/workspace-care.ts';
import { workspacePurgeContract, type PurgeReport } from '../../contract/workspace-purge.ts';
import { checkBackups, previewRestore } from '../backups/check.ts';
import { addBackup, backUpTo } from '../backups/keep.ts';
import { listBackups } from '../backups/names.ts';
import { onCareThread } from '../care/on-thread.ts';
import { streamWork, type WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { findToRestore } from './open.ts';
import { streamInWorkspace } from './stream.ts';
import { noteVerify, readLastVerify } from '../verify/last.ts';
import { verifyWorkspace } from '../verify/verify.ts';

/** Implements what keeps workspaces whole: verify, backups, restore, and removing people for good. */
export const careHandlers = ({ host, workspaces, now }: Studio) => {
  const os = implement({ ...workspaceCareContract, ...workspacePurgeContract });
  return {
    verify: os.verify.handler(async function* ({ input, signal }) {
      const { sample, isRepaired } = input;
      yield* await workspaces.use(input.workspace, isRepaired ? 'write' : 'read', (workspace) =>
        streamInWorkspace(
          workspace,
          now,
          async (hooks) => {
            const options = { sample, host: isRepaired ? host : null, now };
            const report = await verifyWorkspace(workspace, options, hooks);
            // Who only reads leaves everything as it is.
            if (!workspace.isReadOnly) await noteVerify(workspace.paths, { atMs: now(), sample, report });
            return report;
          },
          signal,
        ),
      );
    }),
    lastVerify: os.lastVerify.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', ({ paths }) => readLastVerify(paths)),
    ),
    backups: os.backups.handler(async ({ input }) => [
      ...listBackups((await findToRestore(input.workspace)).backups),
    ]),
    checkBackups: os.checkBackups.handler(async function* ({ input, signal }) {
      const paths = await findToRestore(input.workspace);
      yield* streamWork(now, (hooks) => checkBackups(paths, hooks), signal);
    }),
    previewRestore: os.previewRestore.handler(async ({ input }) =>
      previewRestore(await findToRestore(input.workspace), input.backup),
    ),
    backUp: os.backUp.handler(async function* ({ input, signal }) {
      const { workspace: folder, to } = input;
      yield* await workspaces.use(folder, 'read', (workspace) =>
        streamInWorkspace(
          workspace,
          now,
          async (hooks) => {
            const { paths } = workspace;
            if (to !== null) return backUpTo(paths, to, now(), hooks);
            const { name, bytes } = await addBackup(paths, { atMs: now(), reason: 'by-hand' }, hooks);
            return { file: join(paths.backups, name), bytes };
          },
          signal,
        ),
      );
    }),
    previewPurge: os.previewPurge.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', ({ paths }) =>
        onCareThread({ kind: 'previewPurge', paths, identity: input.identity }),
      ),
    ),
    purge: os.purge.handler(async function* ({ input, signal }) {
      const { workspace: folder, identity, typed } = input;
      const work = (hooks: WorkHooks): Promise<PurgeReport> =>
        workspaces.aside(folder, (paths) => onCareThread({ kind: 'purge', paths, identity, typed }, hooks));
      yield* streamWork(now, work, signal);
    }),
    restore: os.restore.handler(async function* ({ input, signal }) {
      const { workspace: folder, backup } = input;
      const work = (hooks: WorkHooks): Promise<RestoredBackup> =>
        workspaces.aside(folder, (paths) =>
          onCareThread({ kind: 'restore', paths, backup, atMs: now() }, hooks),
        );
      yield* streamWork(now, work, signal);
    }),
  };
};
