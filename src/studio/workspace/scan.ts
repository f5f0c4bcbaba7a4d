import type { ScanReport, WorkspaceSource } from '../../contract/workspace.ts';
import { guessLayout, type SourceLayout } from '../../core/dataset/layouts.ts';
import { failed } from '../failure.ts';
import type { Change } from '../watch/change.ts';
import { reconcile } from '../watch/reconcile.ts';
import { knownFilesOf } from './known-files.ts';
import type { Workspace } from './open.ts';
import { sourceById } from './sources.ts';
import { createChangeTaker } from './take-changes.ts';

/** Changes that are written in one transaction. */
const CHANGES_AT_ONCE = 1000;
/** Pictures that a layout is guessed from. */
const MOST_GUESSED = 5000;

export type ScanOptions = {
  readonly signal?: AbortSignal | undefined;
  /** A person has said that files which are not there any more are really gone. */
  readonly isRemovalConfirmed?: boolean;
};

/** The layout that the pictures of a folder speak for. @throws the signal's reason */
export const guessFolderLayout = async (folder: string, signal?: AbortSignal): Promise<SourceLayout> => {
  const paths: string[] = [];
  const nothing = { page: () => [], withInode: () => [] };
  for await (const change of reconcile(folder, nothing, { signal, includeOthers: true })) {
    if (change.kind === 'added' && change.problem === null) paths.push(change.path.toString('latin1'));
    if (paths.length >= MOST_GUESSED) break;
  }
  return guessLayout(paths);
};

/**
 * Compares a source with its folder and writes what differs, a thousand files at a time: what was written holds, wherever it is stopped.
 * A folder that cannot be reached is noted as offline and nothing of it as missing; so is one that is there without any of its files, as the
 * place of a disk that was taken out is, unless a person has said that they are really gone.
 * @throws the signal's reason, and FAILED when the catalogue cannot be written
 */
export const scanSource = (
  workspace: Workspace,
  source: WorkspaceSource,
  { signal, isRemovalConfirmed = false }: ScanOptions = {},
): Promise<ScanReport> =>
  workspace.inTurnOf(source.id, async () => {
    const { catalogue } = workspace;
    const taker = createChangeTaker(workspace, source);
    const concerned = new Set<number>();
    let waiting: Change[] = [];
    const write = (): void => {
      for (const photo of taker.take(waiting)) concerned.add(photo);
      waiting = [];
    };
    let isComplete = false;
    let isEmptied = false;
    const options = { signal, isRemovalConfirmed, includeOthers: true };
    for await (const change of reconcile(source.folder, knownFilesOf(catalogue, source.id), options)) {
      isComplete ||= change.kind === 'complete';
      isEmptied ||= change.kind === 'emptied';
      waiting.push(change);
      if (waiting.length >= CHANGES_AT_ONCE) write();
    }
    write();
    taker.setOffline(!isComplete || isEmptied);
    if (concerned.size > 0) workspace.faces().refresh(concerned);
    const { arrived, ...tally } = taker.tally;
    if (arrived > 0) workspace.arrivals.notify();
    return { source: sourceById(catalogue, source.id), ...tally };
  });

/** Scans a source that was just added. @throws FAILED when its folder went away */
export const scanNewSource = async (workspace: Workspace, id: number): Promise<ScanReport> => {
  const report = await scanSource(workspace, sourceById(workspace.catalogue, id));
  if (report.source.isOffline)
    throw failed(`The folder ${report.source.folder} cannot be reached any more: add it again when it can.`);
  return report;
};
