import type { Change } from '../../src/studio/watch/change.ts';
import type { KnownFile, KnownFiles } from '../../src/studio/watch/known.ts';
import { keyOf, type PathKey } from '../../src/studio/watch/paths.ts';

/** What a catalogue would know, in memory. */
export type KnownSet = KnownFiles & {
  apply(changes: Iterable<Change>): void;
  keys(): readonly PathKey[];
  get(key: PathKey): KnownFile | undefined;
  readonly size: number;
};

const asKnown = (path: Uint8Array, file: Omit<KnownFile, 'path'>): KnownFile => ({
  path,
  sizeBytes: file.sizeBytes,
  modifiedNs: file.modifiedNs,
  inode: file.inode,
  device: file.device,
});

/** The place of the first key that is not before `key`. */
const placeOf = (keys: readonly PathKey[], key: PathKey): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Nothing known yet. */
export const createKnownSet = (): KnownSet => {
  const files = new Map<PathKey, KnownFile>();
  const byInode = new Map<bigint, Set<PathKey>>();
  let sorted: readonly PathKey[] | null = null;

  const remove = (key: PathKey): void => {
    const file = files.get(key);
    if (file === undefined) throw new Error(`${JSON.stringify(key)} was never added.`);
    files.delete(key);
    byInode.get(file.inode)?.delete(key);
    sorted = null;
  };
  const add = (file: KnownFile): void => {
    const key = keyOf(file.path);
    if (files.has(key)) throw new Error(`${JSON.stringify(key)} was added already.`);
    files.set(key, file);
    const keys = byInode.get(file.inode) ?? new Set();
    byInode.set(file.inode, keys.add(key));
    sorted = null;
  };
  const applyOne = (change: Change): void => {
    switch (change.kind) {
      case 'added':
        add(asKnown(change.path, change.file));
        break;
      case 'changed':
        remove(keyOf(change.path));
        add(asKnown(change.path, change.file));
        break;
      case 'moved':
        remove(keyOf(change.from));
        add(asKnown(change.to, change.file));
        break;
      case 'removed':
        remove(keyOf(change.path));
        break;
      case 'unsettled':
      case 'unreadable':
      case 'offline':
      case 'emptied':
      case 'uncertain':
      case 'complete':
        break;
    }
  };
  const keys = (): readonly PathKey[] => (sorted ??= [...files.keys()].sort());
  return {
    apply(changes) {
      for (const change of changes) applyOne(change);
    },
    keys,
    get: (key) => files.get(key),
    get size() {
      return files.size;
    },
    page({ from, to, most }) {
      const all = keys();
      const start = placeOf(all, keyOf(from));
      const end = to === null ? all.length : placeOf(all, keyOf(to));
      return all.slice(start, Math.min(end, start + most)).flatMap((key) => files.get(key) ?? []);
    },
    withInode: (inode) => [...(byInode.get(inode) ?? [])].flatMap((key) => files.get(key) ?? []),
  };
};
