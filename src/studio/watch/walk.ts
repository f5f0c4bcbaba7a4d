import type { KnownCursor } from './known.ts';
import { deviceOf, listFolder, lookAt, unreadable, type Entry } from './look.ts';
import { judgeFiles, knownIn, passMissing, type Folder, type Pass } from './pass.ts';
import { bytesOf, keyWithin, rangeBelow, type PathKey } from './paths.ts';
import { systemCode } from '../failure.ts';

/** Files of a folder are looked at this many at a time: enough to keep the system's threads busy, few enough to be cancelled. */
const FILES_AT_ONCE = 256;

export type WalkHooks = {
  /** Called before a folder is listed, so that whatever happens in it afterwards is seen by a watch that is set here.
   * `mark` tells it from another folder of that name. */
  readonly onFolder: (folder: PathKey, mark: string) => void;
  /** Called for a path at which no folder is any more. */
  readonly onNoFolder: (path: PathKey) => void;
};

type Frame = Folder & {
  readonly entries: readonly Entry[];
  next: number;
};

/** A walk through folders, with the links to folders that it met. */
export type Walk = {
  readonly pass: Pass;
  readonly hooks: WalkHooks;
  /** Folders that were entered, by device and inode: none is entered twice, so loops end. */
  readonly entered: Set<string>;
  readonly links: PathKey[];
};

const skipFolder = async (walk: Walk, cursor: KnownCursor, key: PathKey): Promise<void> => {
  const { to } = rangeBelow(key);
  // What is known below it still stands.
  if ((await cursor.head()) !== null) walk.pass.foundAgain += 1;
  if (to === null) return;
  cursor.skipTo(to);
};

const passUnreadable = async (
  walk: Walk,
  cursor: KnownCursor,
  key: PathKey,
  why: { readonly code: string; readonly message: string },
): Promise<null> => {
  walk.pass.out.push({ kind: 'unreadable', path: bytesOf(key), code: why.code, message: why.message });
  await skipFolder(walk, cursor, key);
  return null;
};

/** Opens a folder. Null when it is not to be entered; then the cursor is past it. */
const openFolder = async (
  walk: Walk,
  cursor: KnownCursor,
  key: PathKey,
  parent: Folder,
): Promise<Frame | null> => {
  const { pass, hooks, entered } = walk;
  const path = pass.absolute(key);
  const passAll = async (): Promise<null> => {
    await passMissing(pass, cursor, rangeBelow(key).to, parent);
    return null;
  };
  const look = await lookAt(path, { follow: true });
  if (look.kind === 'unreadable') return passUnreadable(walk, cursor, key, look);
  if (look.kind === 'gone' || !look.stats.isDirectory()) {
    hooks.onNoFolder(key);
    return passAll();
  }
  const mark = `${String(look.stats.dev)}:${String(look.stats.ino)}`;
  if (entered.has(mark)) return passAll();
  entered.add(mark);
  hooks.onFolder(key, mark);
  try {
    const entries = await listFolder(path, (name) => pass.absolute(keyWithin(key, name)));
    pass.folders += 1;
    return { key, device: deviceOf(look.stats), entries, next: 0 };
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? passAll() : passUnreadable(walk, cursor, key, unreadable(error));
  }
};

const isFileLike = (entry: Entry | undefined): boolean => entry?.kind === 'file' || entry?.kind === 'other';

const nextFiles = (frame: Frame): readonly Entry[] => {
  let end = frame.next;
  while (end - frame.next < FILES_AT_ONCE && isFileLike(frame.entries[end])) end += 1;
  const files = frame.entries.slice(frame.next, end);
  frame.next = end;
  return files;
};

/** One step into a folder or a link to one; gives the folder that is entered, if any. */
const stepInto = async (walk: Walk, cursor: KnownCursor, frame: Frame): Promise<Frame | null> => {
  const entry = frame.entries[frame.next];
  if (entry === undefined) throw new Error('There is no entry to step into.');
  frame.next += 1;
  const key = keyWithin(frame.key, entry.name);
  await passMissing(walk.pass, cursor, `${key}/`, frame);
  if (entry.kind === 'folder') return openFolder(walk, cursor, key, frame);
  // Real folders first, so that a folder is known by its own name rather than by a link's.
  walk.links.push(key);
  cursor.skipTo(rangeBelow(key).to ?? key);
  return null;
};

/**
 * Walks through a folder, comparing with what is known below it. Yields after each step: then what was found stands in `pass.out`.
 * @param parent the folder that it lies in
 * @throws the signal's reason
 */
export async function* walkFolder(
  walk: Walk,
  start: PathKey,
  parent: Folder,
): AsyncGenerator<void, void, void> {
  const cursor = knownIn(walk.pass, rangeBelow(start));
  const first = await openFolder(walk, cursor, start, parent);
  const stack = first === null ? [] : [first];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    walk.pass.signal?.throwIfAborted();
    const files = nextFiles(frame);
    if (files.length > 0) await judgeFiles(walk.pass, cursor, frame, files);
    else if (frame.next < frame.entries.length) {
      const child = await stepInto(walk, cursor, frame);
      if (child !== null) stack.push(child);
    } else {
      await passMissing(walk.pass, cursor, rangeBelow(frame.key).to, frame);
      stack.pop();
    }
    yield;
  }
}

/** Walks through the folders that links of a walk lead to. */
export async function* walkLinks(walk: Walk, root: Folder): AsyncGenerator<void, void, void> {
  for (let key = walk.links.shift(); key !== undefined; key = walk.links.shift())
    yield* walkFolder(walk, key, root);
}
