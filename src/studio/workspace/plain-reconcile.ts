import type { Dirent, BigIntStats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { asError, systemCode } from '../failure.ts';
import { problemOfError, type Problem } from '../scan/problems.ts';
import { hasImageExtension, isSystemName, looksLikeImage, readHead } from '../scan/sniff.ts';
import type { FileStamp, KnownFile, KnownFiles } from './known-files.ts';

/** What differs between what is known of a folder and what is there. Paths are relative to it, with `/`, in bytes. */
export type Change =
  | {
      readonly kind: 'added';
      readonly path: Buffer;
      readonly file: FileStamp;
      readonly problem: Problem | null;
    }
  | {
      readonly kind: 'changed';
      readonly path: Buffer;
      readonly file: FileStamp;
      readonly problem: Problem | null;
    }
  | { readonly kind: 'moved'; readonly from: Buffer; readonly to: Buffer; readonly file: FileStamp }
  | { readonly kind: 'removed'; readonly path: Buffer }
  | { readonly kind: 'unreadable'; readonly path: Buffer; readonly message: string }
  | { readonly kind: 'offline'; readonly path: Buffer; readonly message: string }
  | { readonly kind: 'complete'; readonly files: number; readonly folders: number };

const SLASH = Buffer.from('/');
const PAGE_FILES = 1000;
const NOT_AN_IMAGE: Problem = { status: 'skipped', code: 'not-an-image', message: 'Not a picture.' };
const NOT_A_FILE: Problem = {
  status: 'failed',
  code: 'not-a-file',
  message: 'A pipe, socket or device, not a file.',
};

const join = (folder: Buffer, name: Buffer): Buffer =>
  folder.length === 0 ? name : Buffer.concat([folder, SLASH, name]);
const keyOf = (path: Uint8Array): string => Buffer.from(path).toString('latin1');

const readKnown = (known: KnownFiles): Map<string, KnownFile> => {
  const files = new Map<string, KnownFile>();
  let from: Uint8Array = Buffer.alloc(0);
  for (;;) {
    const page = known.page({ from, to: null, most: PAGE_FILES });
    for (const file of page) files.set(keyOf(file.path), file);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_FILES) return files;
    from = Buffer.concat([last.path, Buffer.from([0])]);
  }
};

const stampOf = (stats: BigIntStats): FileStamp => ({
  sizeBytes: Number(stats.size),
  modifiedNs: stats.mtimeNs,
  inode: BigInt.asIntN(64, stats.ino),
  device: BigInt.asIntN(64, stats.dev),
});
const isSame = (a: FileStamp, b: FileStamp): boolean =>
  a.sizeBytes === b.sizeBytes && a.modifiedNs === b.modifiedNs && a.inode === b.inode;

type FoundFile = {
  readonly path: Buffer;
  readonly file: FileStamp;
  readonly problem: Problem | null;
};
type Walked = FoundFile | { readonly path: Buffer; readonly message: string };

const inspect = async (
  absolute: Buffer,
  path: Buffer,
  entry: Dirent<Buffer>,
): Promise<FoundFile | 'folder'> => {
  const own = await lstat(absolute, { bigint: true });
  try {
    const stats = entry.isSymbolicLink() ? await stat(absolute, { bigint: true }) : own;
    if (stats.isDirectory()) return 'folder';
    const name = entry.name.toString('latin1');
    const isPicture = hasImageExtension(name) || (stats.isFile() && looksLikeImage(await readHead(absolute)));
    const problem = !stats.isFile() ? NOT_A_FILE : isPicture ? null : NOT_AN_IMAGE;
    return { path, file: stampOf(stats), problem };
  } catch (error) {
    return { path, file: stampOf(own), problem: problemOfError(error, entry.isSymbolicLink()) };
  }
};

async function* walk(root: Buffer, signal: AbortSignal | undefined): AsyncGenerator<Walked, number, void> {
  const queue: Buffer[] = [Buffer.alloc(0)];
  const entered = new Set<string>();
  let folders = 0;
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    signal?.throwIfAborted();
    const absolute = join(root, folder);
    try {
      const { dev, ino } = await stat(folder.length === 0 ? root : absolute, { bigint: true });
      if (entered.has(`${String(dev)}:${String(ino)}`)) continue;
      entered.add(`${String(dev)}:${String(ino)}`);
      const entries = await readdir(folder.length === 0 ? root : absolute, {
        encoding: 'buffer',
        withFileTypes: true,
      });
      folders += 1;
      for (const entry of entries.sort((a, b) => a.name.compare(b.name))) {
        if (isSystemName(entry.name.toString('latin1'))) continue;
        const path = join(folder, entry.name);
        const found = await inspect(join(root, path), path, entry);
        if (found === 'folder') queue.push(path);
        else yield found;
      }
    } catch (error) {
      if (systemCode(error) === null || folder.length === 0) throw error;
      if (systemCode(error) !== 'ENOENT') yield { path: folder, message: asError(error).message };
    }
  }
  return folders;
}

const isBelow = (key: string, folders: readonly string[]): boolean =>
  folders.some((folder) => key === folder || key.startsWith(`${folder}/`));

/**
 * Compares a folder with what is known of it, by walking all of it. Stands in for the reconcile scan of `watch`, which promises the same
 * and more: a disk that is not there, files still being written, memory that does not grow with the files.
 * @throws the signal's reason
 */
export async function* reconcile(
  root: string,
  known: KnownFiles,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Change, void, void> {
  const before = readKnown(known);
  const unreadable: string[] = [];
  const added: FoundFile[] = [];
  let files = 0;
  const steps = walk(Buffer.from(root), options.signal);
  let folders = 0;
  try {
    for (let step = await steps.next(); ; step = await steps.next()) {
      if (step.done === true) {
        folders = step.value;
        break;
      }
      const found = step.value;
      if ('message' in found) {
        unreadable.push(keyOf(found.path));
        yield { kind: 'unreadable', ...found };
        continue;
      }
      files += 1;
      const key = keyOf(found.path);
      const was = before.get(key);
      before.delete(key);
      if (was === undefined) added.push(found);
      else if (!isSame(was, found.file)) yield { kind: 'changed', ...found };
    }
  } catch (error) {
    if (systemCode(error) === null) throw error;
    yield { kind: 'offline', path: Buffer.alloc(0), message: `The folder ${root} cannot be reached.` };
    return;
  }
  for (const found of added) {
    const from = known
      .withInode(found.file.inode)
      .find((file) => isSame(file, found.file) && before.has(keyOf(file.path)));
    if (from === undefined) yield { kind: 'added', ...found };
    else {
      before.delete(keyOf(from.path));
      yield { kind: 'moved', from: Buffer.from(from.path), to: found.path, file: found.file };
    }
  }
  for (const [key, { path }] of before)
    if (!isBelow(key, unreadable)) yield { kind: 'removed', path: Buffer.from(path) };
  yield { kind: 'complete', files, folders };
}
