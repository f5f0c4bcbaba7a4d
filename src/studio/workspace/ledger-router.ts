import { implement } from '@orpc/server';
import { workspaceContract } from '../../contract/workspace.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import type { Studio } from '../studio.ts';
import { ledgerOf } from './ledger-page.ts';
import { readLedger } from './ledger.ts';
import { alignSettings } from './properties.ts';

/** Implements what the contract says of files and their statuses. */
export const ledgerHandlers = ({ workspaces }: Studio) => {
  const os = implement(workspaceContract);
  return {
    files: os.files.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => [
        ...readLedger(workspace.catalogue, workspace.faces(), workKeyOf(alignSettings(workspace.catalogue)), {
          statuses: input.statuses ?? null,
          after: input.after,
          limit: input.limit,
        }),
      ]),
    ),
    ledger: os.ledger.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => {
        const entries = ledgerOf(workspace, input.statuses);
        return {
          total: entries.length,
          revision: workspace.revision(),
          files: entries.slice(input.offset, input.offset + input.limit),
        };
      }),
    ),
  };
};
