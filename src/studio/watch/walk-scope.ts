import { deviceOf, entryOf, lookAt, type Look } from './look.ts';
import { judge, knownIn, lookAtEntry, passMissing, type Folder, type Place } from './pass.ts';
import { bytesOf, rangeBelow, rangeOf, splitKey, type PathKey } from './paths.ts';
import { walkFolder, type Walk } from './walk.ts';

/** Entries are looked at this many at a time. */
const ENTRIES_AT_ONCE = 256;

type Seen =
  | { readonly kind: 'there'; readonly place: Place; readonly look: Look }
  | { readonly kind: 'nothing'; readonly key: PathKey; readonly folder: Folder }
  | { readonly kind: 'unreadable'; readonly key: PathKey; readonly code: string; readonly message: string };

type FolderLooks = Map<PathKey, Promise<Folder>>;

/** The folder that an entry lies in; where it is gone, the root stands for it. */
const folderOf = (walk: Walk, key: PathKey, root: Folder, folders: FolderLooks): Promise<Folder> => {
  const look = async (): Promise<Folder> => {
    const above = await lookAt(walk.pass.absolute(key), { follow: true });
    return above.kind === 'there' ? { key, device: deviceOf(above.stats) } : root;
  };
  const folder = folders.get(key) ?? look();
  folders.set(key, folder);
  return folder;
};

const see = async (walk: Walk, key: PathKey, root: Folder, folders: FolderLooks): Promise<Seen> => {
  const { folder: folderKey, name } = splitKey(key);
  const path = walk.pass.absolute(key);
  const [folder, look] = await Promise.all([
    folderOf(walk, folderKey, root, folders),
    lookAt(path, { follow: false }),
  ]);
  if (look.kind === 'gone') return { kind: 'nothing', key, folder };
  if (look.kind === 'unreadable') return { ...look, key };
  const entry = await entryOf(path, name, look.stats);
  const place = { key, entry, folder };
  const isFollowed = entry.isLink && entry.kind === 'file';
  return { kind: 'there', place, look: isFollowed ? await lookAtEntry(walk.pass, place) : look };
};

/** Compares a path at which no folder is with what is known of it and below it. */
const judgePath = async (
  walk: Walk,
  key: PathKey,
  folder: Folder,
  there: { readonly place: Place; readonly look: Look } | null,
): Promise<void> => {
  const { pass, hooks } = walk;
  hooks.onNoFolder(key);
  const own = knownIn(pass, rangeOf(key));
  const isKnown = (await own.head()) !== null;
  if (there !== null) await judge(pass, own, there.place, there.look);
  await passMissing(pass, own, null, folder);
  // Nothing is known below what is known as a file.
  if (!isKnown) await passMissing(pass, knownIn(pass, rangeBelow(key)), null, folder);
};

/** Gives false where only a look at everything can judge. */
async function* judgeSeen(walk: Walk, seen: Seen): AsyncGenerator<void, boolean, void> {
  const { pass } = walk;
  switch (seen.kind) {
    case 'unreadable': {
      const { key, code, message } = seen;
      pass.out.push({ kind: 'unreadable', path: bytesOf(key), code, message });
      return true;
    }
    case 'nothing':
      await judgePath(walk, seen.key, seen.folder, null);
      return true;
    case 'there': {
      const { key, entry, folder } = seen.place;
      if (entry.kind === 'link') return false;
      if (entry.kind !== 'folder') {
        await judgePath(walk, key, folder, seen);
        return true;
      }
      await passMissing(pass, knownIn(pass, rangeOf(key)), null, folder);
      yield* walkFolder(walk, key, folder);
      return walk.links.length === 0;
    }
  }
}

/**
 * Looks at some entries, each with everything below it where it is a folder. None may lie in another one. Yields after each step: then
 * what was found stands in `pass.out`. Gives false where only a look at everything can judge: folders that links lead to may be known
 * under another name.
 * @throws the signal's reason
 */
export async function* walkScope(
  walk: Walk,
  scope: readonly PathKey[],
  root: Folder,
): AsyncGenerator<void, boolean, void> {
  for (let from = 0; from < scope.length; from += ENTRIES_AT_ONCE) {
    walk.pass.signal?.throwIfAborted();
    const folders: FolderLooks = new Map();
    const keys = scope.slice(from, from + ENTRIES_AT_ONCE);
    for (const seen of await Promise.all(keys.map((key) => see(walk, key, root, folders))))
      if (!(yield* judgeSeen(walk, seen))) return false;
    yield;
  }
  return true;
}
