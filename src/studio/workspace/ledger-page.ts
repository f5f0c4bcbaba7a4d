import type { FileStatus } from '../../contract/workspace-file-status.ts';
import type { LedgerEntry } from '../../contract/workspace-ledger.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import { readLedger } from './ledger.ts';
import type { Workspace } from './open.ts';
import { alignSettings } from './properties.ts';

type Kept = { readonly revision: number; readonly key: string; readonly entries: readonly LedgerEntry[] };

/** The last list of each workspace: scrolling through it reads the ledger once. */
const kept = new WeakMap<Workspace, Kept>();

/** All files with these statuses, in the order of their ids; kept until something changes. */
export const ledgerOf = (workspace: Workspace, statuses: readonly FileStatus[]): readonly LedgerEntry[] => {
  const key = [...statuses].sort().join(' ');
  const revision = workspace.revision();
  const known = kept.get(workspace);
  if (known?.key === key && known.revision === revision) return known.entries;
  const { catalogue } = workspace;
  const entries = readLedger(catalogue, workspace.faces(), workKeyOf(alignSettings(catalogue)), {
    statuses,
    after: 0,
    limit: Number.MAX_SAFE_INTEGER,
  });
  kept.set(workspace, { revision, key, entries });
  return entries;
};
