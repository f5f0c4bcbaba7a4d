import type { WorkspaceSource } from '../../contract/workspace.ts';
import { forgottenPaths } from '../purge/forgotten.ts';
import type { Change } from '../watch/change.ts';
import { applyFileChanges } from './apply-changes.ts';
import type { Workspace } from './open.ts';
import { setOffline, sourceById } from './sources.ts';

type FileChange = Extract<Change, { readonly kind: 'added' | 'changed' | 'moved' | 'removed' }>;

/** What looks at a source found. */
export type Tally = {
  added: number;
  changed: number;
  moved: number;
  missing: number;
  unreadable: number;
  /** Files that are there, as of the last look at everything. */
  files: number;
  /** Pictures among the added and the changed. */
  arrived: number;
};

const NAMES = { added: 'added', changed: 'changed', moved: 'moved', removed: 'missing' } as const;

const isOfFile = (change: Change): change is FileChange => change.kind in NAMES;
const hasArrived = (change: FileChange): boolean =>
  (change.kind === 'added' || change.kind === 'changed') && change.problem === null;

/** Writes what looks at a source find into the catalogue. Originals of people who were removed for good are passed over. */
export type ChangeTaker = {
  readonly tally: Tally;
  /** Writes changes, all at once; gives the photos whose faces lists may show in another way. */
  take(changes: readonly Change[]): ReadonlySet<number>;
  /** Notes that the folder cannot be reached. */
  setOffline(isOffline: boolean): void;
};

/** Nothing was found yet. */
export const createChangeTaker = (workspace: Workspace, source: WorkspaceSource): ChangeTaker => {
  const { catalogue } = workspace;
  const isForgotten = forgottenPaths(catalogue, source.id);
  let forgotten = 0;
  const isPassedOver = (change: FileChange): boolean =>
    change.kind === 'added' && isForgotten?.(change.path) === true;
  const tally: Tally = { added: 0, changed: 0, moved: 0, missing: 0, unreadable: 0, files: 0, arrived: 0 };
  return {
    tally,
    take(changes) {
      const found = changes.filter(isOfFile);
      const ofFiles = found.filter((change) => !isPassedOver(change));
      forgotten += found.length - ofFiles.length;
      const photos = new Set(ofFiles.length === 0 ? [] : applyFileChanges(catalogue, source, ofFiles));
      for (const change of ofFiles) {
        tally[NAMES[change.kind]] += 1;
        if (hasArrived(change)) tally.arrived += 1;
      }
      if (ofFiles.length > 0) workspace.touch();
      for (const change of changes) {
        if (change.kind === 'unreadable') tally.unreadable += 1;
        if (change.kind !== 'complete') continue;
        tally.files = change.files - forgotten;
        forgotten = 0;
      }
      return photos;
    },
    setOffline(isOffline) {
      if (sourceById(catalogue, source.id).isOffline === isOffline) return;
      setOffline(catalogue, source.id, isOffline);
      workspace.touch();
    },
  };
};
