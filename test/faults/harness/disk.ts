import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { below } from './random.ts';
import type { Recorded } from './recording.ts';

/**
 * A disk under a power cut. Only what was synced is sure: a file's content as of its last sync, the names in a folder as of the folder's
 * last sync. Of what came later a folder keeps nothing, or as much of it as chance wills, in its order (a rename happens in both folders
 * or in none); a file some of its writes in any order, whole or by sectors, as SQLite must expect it of its log and its pages.
 */
export type Disk = {
  /** Takes over a call that was made before the power went. */
  apply(call: Recorded): void;
  /** Writes what is left into a folder; the disk is spent. `random` decides over what was not sure; null: nothing of it is left. */
  materialise(folder: string, random: (() => number) | null): Promise<void>;
};

type Change = Extract<Recorded, { readonly call: 'write' | 'truncate' }>;
/** Names that are given (or, with null, taken away) together. */
type Naming = readonly { readonly folder: Folder; readonly name: string; readonly node: Node | null }[];
type File = { readonly kind: 'file'; content: Buffer; unsure: Change[] };
type Folder = { readonly kind: 'folder'; readonly names: Map<string, Node>; unsure: Naming[] };
type Node = File | Folder;

const emptyFile = (): File => ({ kind: 'file', content: Buffer.alloc(0), unsure: [] });
const emptyFolder = (): Folder => ({ kind: 'folder', names: new Map(), unsure: [] });

const grown = (content: Buffer, bytes: number): Buffer =>
  Buffer.concat([content, Buffer.alloc(Math.max(0, bytes - content.length))]);

const changed = (content: Buffer, change: Change, dataBytes = Infinity): Buffer => {
  if (change.call === 'truncate') return grown(content, change.bytes).subarray(0, change.bytes);
  const data = change.data.subarray(0, dataBytes);
  const next = grown(content, change.at + data.length);
  data.copy(next, change.at);
  return next;
};

/** A disk writes a sector whole or not at all. */
const SECTOR_BYTES = 512;

/** What came to the disk of one write: all of it, nothing, or some of its sectors. */
const arrived = (content: Buffer, change: Change, random: () => number): Buffer => {
  const dice = random();
  if (dice < 0.4) return changed(content, change);
  if (dice < 0.8 || change.call === 'truncate') return content;
  let next = content;
  for (let from = 0; from < change.data.length; from += SECTOR_BYTES) {
    const data = change.data.subarray(from, from + SECTOR_BYTES);
    if (random() < 0.5) next = changed(next, { ...change, at: change.at + from, data });
  }
  return next;
};

/** What a file may hold of the changes that were not synced: the first ones, the last of these torn; their length alone; or any of them. */
const contentLeft = ({ content, unsure }: File, random: (() => number) | null): Buffer => {
  if (random === null || unsure.length === 0) return content;
  const dice = random();
  if (dice < 0.4) return unsure.reduce((bytes, change) => arrived(bytes, change, random), content);
  const count = below(random, unsure.length + 1);
  const kept = unsure.slice(0, count).reduce((bytes, change) => changed(bytes, change), content);
  if (dice < 0.6) return grown(content, kept.length);
  const torn = unsure[count];
  return torn?.call === 'write' ? changed(kept, torn, below(random, torn.data.length + 1)) : kept;
};

/** Makes the first `count` namings of a folder sure, and with each whatever came before it in the other folder that it concerns. */
const settle = (folder: Folder, count: number): void => {
  for (const naming of folder.unsure.slice(0, count)) {
    const place = folder.unsure.indexOf(naming);
    if (place < 0) continue;
    folder.unsure.splice(place, 1);
    for (const { folder: other } of naming) {
      const before = other.unsure.indexOf(naming);
      if (before < 0) continue;
      other.unsure.splice(before, 1);
      settle(other, before);
    }
    for (const { folder: concerned, name, node } of naming) {
      if (node === null) concerned.names.delete(name);
      else concerned.names.set(name, node);
    }
  }
};

/** Reads what lies in a folder now and gives disks that begin with it, all of it sure. */
export const readDisk = async (root: string): Promise<() => Disk> => {
  const contents = new Map<bigint, Buffer>();
  const names = new Map<bigint, ReadonlyMap<string, bigint>>();
  const read = async (path: Buffer): Promise<bigint> => {
    const found = await lstat(path, { bigint: true });
    if (!found.isDirectory()) {
      contents.set(found.ino, await readFile(path));
      return found.ino;
    }
    const inside = new Map<string, bigint>();
    names.set(found.ino, inside);
    for (const name of await readdir(path, { encoding: 'buffer' }))
      inside.set(name.toString('latin1'), await read(Buffer.concat([path, Buffer.from('/'), name])));
    return found.ino;
  };
  const top = await read(Buffer.from(root));
  return () => createDisk(top, contents, names);
};

const createDisk = (
  top: bigint,
  contents: ReadonlyMap<bigint, Buffer>,
  names: ReadonlyMap<bigint, ReadonlyMap<string, bigint>>,
): Disk => {
  /** By inode number, which a new file may have from one that is gone. */
  const nodes = new Map<bigint, Node>();
  for (const [ino, content] of contents) nodes.set(ino, { ...emptyFile(), content });
  for (const ino of names.keys()) nodes.set(ino, emptyFolder());
  const nodeOf = (ino: bigint): Node => {
    const node = nodes.get(ino);
    if (node === undefined)
      throw new Error(`The recording names a file that it does not create: ${String(ino)}.`);
    return node;
  };
  const fileOf = (ino: bigint): File => {
    const node = nodeOf(ino);
    if (node.kind === 'file') return node;
    throw new Error(`The recording writes into a folder: ${String(ino)}.`);
  };
  const folderOf = (ino: bigint): Folder => {
    const node = nodeOf(ino);
    if (node.kind === 'folder') return node;
    throw new Error(`The recording takes a file for a folder: ${String(ino)}.`);
  };
  for (const [ino, inside] of names)
    for (const [name, child] of inside) folderOf(ino).names.set(name, nodeOf(child));

  const note = (naming: Naming): void => {
    for (const folder of new Set(naming.map((part) => part.folder))) folder.unsure.push(naming);
  };
  const add = (node: Node, ino: bigint, folder: bigint, name: string): void => {
    nodes.set(ino, node);
    note([{ folder: folderOf(folder), name, node }]);
  };
  const sync = (node: Node): void => {
    if (node.kind === 'folder') settle(node, node.unsure.length);
    else {
      node.content = node.unsure.reduce((bytes, change) => changed(bytes, change), node.content);
      node.unsure = [];
    }
  };
  const write = async (path: string, node: Node, random: (() => number) | null): Promise<void> => {
    // Paths are carried as Latin-1, one character for each byte.
    const bytes = Buffer.from(path, 'latin1');
    if (node.kind === 'file') {
      await writeFile(bytes, contentLeft(node, random));
      return;
    }
    await mkdir(bytes, { recursive: true });
    for (const [name, child] of node.names) await write(`${path}/${name}`, child, random);
  };

  return {
    apply(call) {
      switch (call.call) {
        case 'create':
          add(emptyFile(), call.file, call.folder, call.name);
          return;
        case 'mkdir':
          add(emptyFolder(), call.file, call.folder, call.name);
          return;
        case 'write':
        case 'truncate':
          fileOf(call.file).unsure.push(call);
          return;
        case 'sync':
          sync(nodeOf(call.file));
          return;
        case 'link':
          note([{ folder: folderOf(call.toFolder), name: call.toName, node: nodeOf(call.file) }]);
          return;
        case 'rename':
          note([
            { folder: folderOf(call.folder), name: call.name, node: null },
            { folder: folderOf(call.toFolder), name: call.toName, node: nodeOf(call.file) },
          ]);
          return;
        case 'unlink':
        case 'rmdir':
          note([{ folder: folderOf(call.folder), name: call.name, node: null }]);
          return;
        case 'say':
          return;
      }
    },
    async materialise(folder, random) {
      if (random !== null)
        for (const node of nodes.values())
          if (node.kind === 'folder') settle(node, below(random, node.unsure.length + 1));
      await write(Buffer.from(folder).toString('latin1'), folderOf(top), random);
    },
  };
};
