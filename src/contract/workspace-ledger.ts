import * as z from 'zod';
import { procedure } from './procedure.ts';
import { FileStatus } from './workspace-file-status.ts';
import { Workspace } from './workspace-input.ts';

/** A file of a workspace, with its one status and why. */
export const LedgerEntry = z.strictObject({
  id: z.int(),
  source: z.int(),
  file: z.string(),
  status: FileStatus,
  reason: z.strictObject({ code: z.string(), message: z.string() }),
  identity: z.string().nullable(),
  photo: z.int().nullable(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** Looking at files by their status. */
export const workspaceLedgerContract = {
  /** A part of the files with these statuses, in the order of their ids; `revision` grows with every change. */
  ledger: procedure
    .input(
      Workspace.extend({
        statuses: z.array(FileStatus),
        offset: z.int().nonnegative().default(0),
        limit: z.int().positive().max(1000).default(200),
      }),
    )
    .output(z.strictObject({ total: z.int(), revision: z.int(), files: z.array(LedgerEntry) })),
};
