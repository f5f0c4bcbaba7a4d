import type { WorkspaceNotice, WorkspaceSource } from '../../contract/workspace.ts';
import { shownPath } from '../scan/names.ts';
import type { Change } from '../watch/change.ts';
import type { EventQueue } from '../watch/event-queue.ts';
import type { KnownFiles } from '../watch/known.ts';
import type { WatchNotice } from '../watch/notices.ts';
import { keyOf } from '../watch/paths.ts';
import type { WatchTiming } from '../watch/schedule.ts';
import { createSourceWatcher } from '../watch/source-watcher.ts';
import { knownFilesOf } from './known-files.ts';
import type { Workspace } from './open.ts';
import { keptSources } from './sources.ts';
import { createChangeTaker } from './take-changes.ts';

/** Keeps the catalogue of an open workspace equal to the folders that it names. */
export type Watching = { close(): Promise<void> };

export type WatchingOptions = {
  /** That of the process. */
  readonly queue: EventQueue;
  /** Gets errors that are bugs; what was being looked at is looked at again later. */
  readonly report: (error: unknown) => void;
  readonly timing?: Partial<WatchTiming> | undefined;
};

/** What a source is watched by, and how. */
type Watched = { readonly source: WorkspaceSource; close(): Promise<void> };

/** What is to be said of one source, by what it is about. */
type SourceNotices = {
  list(): readonly WorkspaceNotice[];
  /** Says something in place of what was said of the same; null takes it back. */
  put(about: WatchNotice['code'] | 'away' | 'disks' | 'unreadable', message: string | null): void;
};

const createSourceNotices = (source: number, changed: () => void): SourceNotices => {
  const messages = new Map<string, string>();
  return {
    list: () => [...messages.values()].map((message) => ({ source, message })),
    put(about, message) {
      if ((messages.get(about) ?? null) === message) return;
      if (message === null) messages.delete(about);
      else messages.set(about, message);
      changed();
    },
  };
};

const emptiedMessage = (folder: string, count: number): string =>
  `${folder} is there, but none of its ${String(count)} known files is. They are kept as they are; if they are really gone, say so with "facenet-studio scan <workspace> --gone".`;
const unreadableMessage = (folder: string, count: number): string =>
  `${String(count)} files or folders in ${folder} cannot be read: check their permissions. What is known of them is kept.`;

/** Hears what looks say of the folder as a whole; a look at everything says again what is still so. */
const createListener = ({ folder }: WorkspaceSource, notices: SourceNotices) => {
  const unreadable = new Set<string>();
  let away: string | null = null;
  let disks: string | null = null;
  return {
    /** Gives whether the folder is away, or null where that is not said. */
    hear(changes: readonly Change[]): boolean | null {
      let isAway: boolean | null = null;
      for (const change of changes) {
        if (change.kind === 'unreadable') unreadable.add(keyOf(change.path));
        else if (change.kind === 'emptied') away = emptiedMessage(folder, change.count);
        else if (change.kind === 'offline' && change.path.length > 0)
          disks = `${shownPath(change.path)} in ${folder}: ${change.message}`;
        else if (change.kind === 'offline') {
          notices.put('away', `${change.message} What is known of its files is kept until it is back.`);
          isAway = true;
        } else if (change.kind === 'complete') {
          isAway = away !== null;
          notices.put('away', away);
          notices.put('disks', disks);
          const count = unreadable.size;
          notices.put('unreadable', count === 0 ? null : unreadableMessage(folder, count));
          [away, disks] = [null, null];
          unreadable.clear();
        }
      }
      return isAway;
    },
  };
};

/** Nobody waits for a look at all files: it is taken while nobody asks for something else. */
const knownInQuiet = ({ catalogue, precedence }: Workspace, source: number): KnownFiles => {
  const known = knownFilesOf(catalogue, source);
  return {
    ...known,
    async page(request) {
      await precedence.standBack();
      return known.page(request);
    },
  };
};

const watchSource = (
  workspace: Workspace,
  source: WorkspaceSource,
  notices: SourceNotices,
  { queue, report, timing }: WatchingOptions,
): Watched => {
  const taker = createChangeTaker(workspace, source);
  const listener = createListener(source, notices);
  let arrived = 0;
  const watcher = createSourceWatcher({
    root: source.folder,
    known: knownInQuiet(workspace, source.id),
    queue,
    mode: source.isPolled ? 'poll' : 'auto',
    includeOthers: true,
    inTurn: (look) => workspace.inTurnOf(source.id, look),
    onChanges(changes) {
      const photos = taker.take(changes);
      if (photos.size > 0) workspace.faces().refresh(photos);
      const isAway = listener.hear(changes);
      if (isAway !== null) taker.setOffline(isAway);
      if (taker.tally.arrived > arrived) workspace.arrivals.notify();
      ({ arrived } = taker.tally);
    },
    onNotice({ code, message }) {
      notices.put(code, `${source.folder}: ${message}`);
    },
    onLooked(isWatching) {
      notices.put('burst', null);
      if (!isWatching) return;
      notices.put('watch-limit', null);
      notices.put('watch-failed', null);
    },
    onError: report,
    ...(timing === undefined ? {} : { timing }),
  });
  return { source, close: () => watcher.close() };
};

/** Watches the sources of a workspace that is open for writing, and those that come later. */
export const watchWorkspace = (workspace: Workspace, options: WatchingOptions): Watching => {
  const watched = new Map<number, Watched>();
  const notices = new Map<number, SourceNotices>();
  const closing: Promise<void>[] = [];
  let isClosed = false;

  const tellNotices = (): void => {
    if (!isClosed) workspace.setNotices([...notices.values()].flatMap((each) => each.list()));
  };
  const stop = (id: number, each: Watched): void => {
    watched.delete(id);
    notices.delete(id);
    closing.push(each.close().catch(options.report));
  };
  const follow = (): void => {
    if (isClosed) return;
    const kept = new Map(keptSources(workspace.catalogue).map((source) => [source.id, source]));
    for (const [id, each] of watched) if (kept.get(id)?.isPolled !== each.source.isPolled) stop(id, each);
    for (const [id, source] of kept) {
      if (watched.has(id)) continue;
      const own = createSourceNotices(id, tellNotices);
      notices.set(id, own);
      watched.set(id, watchSource(workspace, source, own, options));
    }
  };
  const unsubscribe = workspace.changes.subscribe(follow);
  follow();
  return {
    async close() {
      isClosed = true;
      unsubscribe();
      for (const [id, each] of watched) stop(id, each);
      await Promise.all(closing);
    },
  };
};
