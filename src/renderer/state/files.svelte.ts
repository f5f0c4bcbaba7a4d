import type { StudioClient } from '../../contract/studio.ts';
import type { FileStatus } from '../../contract/workspace-file-status.ts';
import type { LedgerEntry } from '../../contract/workspace-ledger.ts';
import { PagedList } from './paged-list.svelte.ts';

export type FileQuery = { readonly statuses: readonly FileStatus[] };

/** The files of a workspace with some statuses. */
export class Files extends PagedList<FileQuery, LedgerEntry> {
  constructor(client: StudioClient, workspace: string) {
    const read = async ({ statuses }: FileQuery, offset: number, limit: number, signal: AbortSignal) => {
      const input = { workspace, statuses: [...statuses], offset, limit };
      const { files, ...told } = await client.workspace.ledger(input, { signal });
      return { ...told, items: files };
    };
    super({
      read,
      ids: async (...asked) => (await read(...asked)).items.map(({ id }) => id),
      mostIds: 1000,
      isSame: (before, now) =>
        before.status === now.status &&
        before.file === now.file &&
        before.photo === now.photo &&
        before.reason.message === now.reason.message,
    });
  }
}
