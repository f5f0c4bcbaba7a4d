import { watch } from 'node:fs';
import { resolve } from 'node:path';
import { systemCode } from '../failure.ts';
import { isSystemName } from '../scan/sniff.ts';
import type { EventQueue } from './event-queue.ts';
import { BURST_NOTICE, createTeller, failedNotice, LIMIT_NOTICE, type WatchNotice } from './notices.ts';
import { absoluteBelow, keyWithin, splitKey, type PathKey } from './paths.ts';
import { createWatchTree, type WatchNode } from './watch-tree.ts';

export type HintListener = {
  /** An entry to look at, with all that is below it. */
  readonly onHint: (path: PathKey) => void;
  /** Anything may have changed. */
  readonly onHintEverywhere: () => void;
  /** Each code once; that of a burst once for each look at everything. */
  readonly onNotice: (notice: WatchNotice) => void;
};

/**
 * Watches on folders, one for each. They only say where to look: events are lost when there are many of them, and folders may go
 * without a watch.
 */
export type FolderWatches = {
  /** A look at everything begins; what failed is tried again. */
  beginPass(): void;
  /**
   * Watches a folder. Called before it is listed, nothing that happens in it is missed.
   * @param mark tells it from another folder of that name
   */
  enter(folder: PathKey, mark: string): void;
  /** Ends the watches on a folder that is gone, and on all below it. */
  leave(folder: PathKey): void;
  /** A look at everything ended: folders that were not entered have no watch any more. */
  endPass(): void;
  /** Whether all folders that were entered are watched. */
  isComplete(): boolean;
  count(): number;
  close(): void;
};

const LIMIT_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);
/** A folder that is gone needs no watch: the look that is under way sees that. */
const GONE_CODES: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** One watch for each folder that is entered; nothing is watched yet. `queue` is that of the process. */
export const watchFolders = (
  root: string,
  queue: EventQueue,
  { onHint, onHintEverywhere, onNotice }: HintListener,
): FolderWatches => {
  const absolute = absoluteBelow(resolve(root));
  const rootName = splitKey(absolute('').toString('latin1')).name;
  const tree = createWatchTree();
  const teller = createTeller(onNotice);
  let pass = 0;
  let isLimitReached = false;
  let isComplete = true;

  const onOwnEvent = (folder: PathKey, type: string): void => {
    const node = tree.find(folder);
    if (type === 'rename' && node !== null) tree.endWatch(node);
    if (folder === '') onHintEverywhere();
    else onHint(folder);
  };
  const onEvent = (folder: PathKey, type: string, name: string | null): void => {
    queue.count();
    // The system names a folder by its own name when it was itself renamed or removed: its watch may be dead.
    const ownName = folder === '' ? rootName : splitKey(folder).name;
    if (name === null || name === ownName) onOwnEvent(folder, type);
    if (name === null || isSystemName(name)) return;
    const key = keyWithin(folder, name);
    // What has this name now may be another folder than the one that is watched.
    if (type === 'rename') tree.remove(key);
    onHint(key);
  };
  const fail = (error: unknown): void => {
    const code = systemCode(error);
    if (code === null) throw error;
    if (GONE_CODES.has(code)) return;
    isComplete = false;
    isLimitReached ||= LIMIT_CODES.has(code);
    teller.tell(LIMIT_CODES.has(code) ? LIMIT_NOTICE : failedNotice(code));
  };
  const place = (node: WatchNode, folder: PathKey): void => {
    try {
      const watcher = watch(absolute(folder), { encoding: 'buffer' }, (type, name) => {
        onEvent(folder, type, name === null ? null : name.toString('latin1'));
      });
      watcher.on('error', (error) => {
        tree.endWatch(node);
        fail(error);
        onHintEverywhere();
      });
      tree.setWatch(node, watcher);
    } catch (error) {
      fail(error);
    }
  };
  const unsubscribe = queue.subscribe(() => {
    teller.tell(BURST_NOTICE);
    onHintEverywhere();
  });

  return {
    beginPass() {
      pass += 1;
      isLimitReached = false;
      isComplete = true;
      teller.forget('burst');
    },
    enter(folder, mark) {
      const node = tree.reach(folder);
      node.pass = pass;
      if (node.watch !== null && node.mark === mark) return;
      tree.endWatch(node);
      node.mark = mark;
      if (isLimitReached) isComplete = false;
      else place(node, folder);
    },
    leave: (folder) => tree.remove(folder),
    endPass: () => tree.prune(pass),
    isComplete: () => isComplete,
    count: () => tree.count(),
    close() {
      unsubscribe();
      tree.remove('');
    },
  };
};
