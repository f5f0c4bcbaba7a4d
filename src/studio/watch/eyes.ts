import type { EventQueue } from './event-queue.ts';
import { readFileSystem, type FileSystem } from './file-system.ts';
import type { PathKey } from './paths.ts';
import { pollFolders, type FolderPolls } from './poll-folders.ts';
import { watchFolders, type FolderWatches, type HintListener } from './watch-folders.ts';

/** `native`: the system reports changes. `poll`: it is asked. */
export type WatchMode = 'native' | 'poll';

/** Larger sources are not polled but scanned: polling has its price for each file too, see docs/decisions/0009-one-watch-a-folder.md. */
export const MOST_POLLED_FILES = 20_000;

/** What gives hints about one source, in the way that suits its file system. */
export type Eyes = {
  /** A look at everything begins. Gives what is to be known of the file system. */
  begin(): Promise<FileSystem>;
  enter(folder: PathKey, mark: string): void;
  leave(folder: PathKey): void;
  /** A look at everything ended; without a number of files when the root is offline. */
  end(files: number | null): Promise<void>;
  /** Whether every change is noticed without a scan. */
  isWatching(): boolean;
  close(): Promise<void>;
};

const UNKNOWN: FileSystem = { isRemote: false, hasStableInodes: true };

export type EyesOptions = {
  readonly root: string;
  readonly queue: EventQueue;
  /** `auto`: polls what other machines may change. */
  readonly mode: WatchMode | 'auto';
  readonly pollEveryMs: number;
  readonly listener: HintListener;
};

/** Closed eyes; they open with the first look. */
export const createEyes = ({ root, queue, mode, pollEveryMs, listener }: EyesOptions): Eyes => {
  let watches: FolderWatches | null = null;
  let polls: FolderPolls | null = null;

  const closeWatches = (): void => {
    watches?.close();
    watches = null;
  };
  const closePolls = async (): Promise<void> => {
    const closing = polls;
    polls = null;
    await closing?.close();
  };
  const fileSystem = async (): Promise<FileSystem> => {
    try {
      return await readFileSystem(root);
    } catch {
      // It is offline, which the look itself will tell.
      return UNKNOWN;
    }
  };
  let isPolling = false;

  return {
    async begin() {
      const found = await fileSystem();
      isPolling = mode === 'auto' ? found.isRemote : mode === 'poll';
      if (isPolling) closeWatches();
      else {
        await closePolls();
        watches ??= watchFolders(root, queue, listener);
        watches.beginPass();
      }
      return found;
    },
    enter: (folder, mark) => watches?.enter(folder, mark),
    leave: (folder) => watches?.leave(folder),
    async end(files) {
      watches?.endPass();
      if (isPolling && files !== null && files <= MOST_POLLED_FILES)
        polls ??= pollFolders(root, pollEveryMs, listener);
      else await closePolls();
    },
    isWatching: () => watches?.isComplete() ?? false,
    async close() {
      closeWatches();
      await closePolls();
    },
  };
};
