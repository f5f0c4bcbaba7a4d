import { watch } from 'chokidar';
import { relative, resolve, sep } from 'node:path';
import { systemCode } from '../failure.ts';
import { createTeller, failedNotice } from './notices.ts';
import { keyOf } from './paths.ts';
import type { HintListener } from './watch-folders.ts';

/** Folders that are asked at an interval whether an entry was added, removed or renamed. */
export type FolderPolls = { close(): Promise<void> };

/**
 * Polls the folders below a root with chokidar; for file systems that report nothing, as network drives. Files are left out: chokidar
 * polls each path by itself, which takes a core at 100,000 files, see docs/decisions/0009-one-watch-a-folder.md. So a file that is rewritten in place
 * is found by scans only, as is what lies in folders whose names are not UTF-8 or that links lead to.
 */
export const pollFolders = (
  root: string,
  intervalMs: number,
  { onHint, onHintEverywhere, onNotice }: HintListener,
): FolderPolls => {
  const absolute = resolve(root);
  const teller = createTeller(onNotice);
  const hint = (path: string): void => {
    const key = keyOf(Buffer.from(relative(absolute, path).split(sep).join('/')));
    if (key === '' || key.startsWith('..')) onHintEverywhere();
    else onHint(key);
  };
  const watcher = watch(absolute, {
    usePolling: true,
    interval: intervalMs,
    ignored: (_, stats) => stats !== undefined && !stats.isDirectory(),
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
  });
  // `raw` tells of the folder itself when its time changed, which the other events do not.
  watcher.on('raw', (_, path) => hint(path));
  watcher.on('addDir', hint);
  watcher.on('unlinkDir', hint);
  watcher.on('error', (error) => {
    onHintEverywhere();
    teller.tell(failedNotice(systemCode(error) ?? String(error)));
  });
  return { close: () => watcher.close() };
};
