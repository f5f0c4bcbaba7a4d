import { NOT_AN_IMAGE, problemOfFile, type Problem } from '../scan/problems.ts';
import { systemCode } from '../failure.ts';
import type { Change, FoundFile } from './change.ts';
import {
  createKnownCursor,
  isSameStamp,
  type KnownCursor,
  type KnownFile,
  type KnownFiles,
} from './known.ts';
import { lookAt, stampOf, unreadable, type Entry, type Look } from './look.ts';
import { bytesOf, keyOf, keyWithin, type KeyRange, type PathKey } from './paths.ts';

export type PassOptions = {
  /** Whether an inode stays with a file over restarts and mounts; false where the file system makes them up. */
  readonly hasStableInodes: boolean;
  /** Reports files that are no pictures too, with their problem; otherwise only what has a picture's name or first bytes. */
  readonly includeOthers: boolean;
  /** Whether nobody is writing a file any more; those for which it is false are reported as unsettled. */
  readonly isAtRest: (path: PathKey, file: FoundFile) => boolean;
};

/** A folder that is there. */
export type Folder = { readonly key: PathKey; readonly device: bigint };

/**
 * Known files of one disk that were not found, with nothing that was found between them. Of two million files of a folder that was emptied
 * nothing is kept but this: who needs each reads it again.
 */
export type MissingRun = {
  readonly from: PathKey;
  last: PathKey;
  files: number;
  readonly device: bigint;
  /** The lowest folder above them that is still there. */
  readonly folder: Folder;
};

/** State of one reconciliation. */
export type Pass = {
  readonly absolute: (key: PathKey) => Buffer;
  readonly known: KnownFiles;
  readonly options: PassOptions;
  readonly isAnythingKnown: boolean;
  readonly signal: AbortSignal | undefined;
  /** What is to be reported next. */
  readonly out: Change[];
  /** In the order of the look. Files that are found under another name later are still counted: `movedFrom` has them. */
  readonly missing: MissingRun[];
  readonly movedFrom: Set<PathKey>;
  /** Devices, by the number that known files have, of which a file was found again. */
  readonly devicesFound: Set<bigint>;
  /** Known files that were found again, or could not be looked at. */
  foundAgain: number;
  files: number;
  folders: number;
};

/** An entry of a folder. */
export type Place = { readonly key: PathKey; readonly entry: Entry; readonly folder: Folder };

const isAlreadyGone = async (pass: Pass, key: PathKey): Promise<boolean> =>
  (await lookAt(pass.absolute(key), { follow: false })).kind === 'gone';

/** The known file that has become this new one, or null. */
const findOrigin = async (pass: Pass, key: PathKey, file: FoundFile): Promise<KnownFile | null> => {
  if (!pass.isAnythingKnown || !pass.options.hasStableInodes) return null;
  for (const candidate of await pass.known.withInode(file.inode)) {
    const from = keyOf(candidate.path);
    if (from === key || pass.movedFrom.has(from) || !isSameStamp(candidate, file, true)) continue;
    if (await isAlreadyGone(pass, from)) return candidate;
  }
  return null;
};

/** What is wrong with a file; null where it disappeared meanwhile. */
const problemOf = async (
  pass: Pass,
  { key, entry }: Place,
): Promise<{ readonly problem: Problem | null } | null> => {
  if (entry.problem !== null) return { problem: entry.problem };
  try {
    return { problem: await problemOfFile(pass.absolute(key), entry.name) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    pass.out.push({ kind: 'unreadable', path: bytesOf(key), ...unreadable(error) });
    return null;
  }
};

const judgeNew = async (pass: Pass, place: Place, file: FoundFile): Promise<void> => {
  const { key } = place;
  const origin = await findOrigin(pass, key, file);
  if (origin !== null) {
    pass.movedFrom.add(keyOf(origin.path));
    pass.devicesFound.add(origin.device);
    if (origin.isMissing !== true) pass.foundAgain += 1;
    pass.out.push({ kind: 'moved', from: Buffer.from(origin.path), to: bytesOf(key), file });
    return;
  }
  const judged = await problemOf(pass, place);
  if (judged === null) return;
  const { problem } = judged;
  if (problem?.code === NOT_AN_IMAGE.code && !pass.options.includeOthers) return;
  const path = bytesOf(key);
  if (pass.options.isAtRest(key, file)) pass.out.push({ kind: 'added', path, file, problem });
  else pass.out.push({ kind: 'unsettled', path, file });
};

const judgeKnown = async (pass: Pass, place: Place, file: FoundFile, was: KnownFile): Promise<void> => {
  pass.foundAgain += 1;
  if (file.sizeBytes === was.sizeBytes && file.modifiedNs === was.modifiedNs)
    pass.devicesFound.add(was.device);
  if (isSameStamp(file, was, pass.options.hasStableInodes)) return;
  const path = bytesOf(place.key);
  if (!pass.options.isAtRest(place.key, file)) {
    pass.out.push({ kind: 'unsettled', path, file });
    return;
  }
  const judged = await problemOf(pass, place);
  if (judged !== null) pass.out.push({ kind: 'changed', path, file, problem: judged.problem, was });
};

/** Goes through what is known of a range. Its `head` throws the reason for which the pass was aborted. */
export const knownIn = ({ known, signal }: Pass, range: KeyRange): KnownCursor =>
  createKnownCursor(known, range, signal);

/**
 * Notes all known files before `end` as missing from a folder; `end` null means all that are left.
 * @throws the signal's reason
 */
export const passMissing = async (
  pass: Pass,
  cursor: KnownCursor,
  end: PathKey | null,
  folder: Folder,
): Promise<void> => {
  const first = pass.missing.length;
  for (;;) {
    const head = cursor.head();
    const item = head instanceof Promise ? await head : head;
    if (item === null || (end !== null && item.key >= end)) return;
    cursor.advance();
    const { key, file } = item;
    if (pass.movedFrom.has(key)) continue;
    const run = pass.missing.length > first ? pass.missing.at(-1) : undefined;
    if (run?.device === file.device) {
      run.last = key;
      run.files += 1;
    } else pass.missing.push({ from: key, last: key, files: 1, device: file.device, folder });
  }
};

/** Looks at a file, or at whatever is no folder. */
export const lookAtEntry = async (pass: Pass, { key, entry }: Place): Promise<Look> => {
  const isFollowed = entry.isLink && entry.kind === 'file';
  const look = await lookAt(pass.absolute(key), { follow: isFollowed });
  // It was exchanged since the folder was listed: the next look at the folder says what it is now.
  return look.kind === 'there' && entry.kind === 'file' && !look.stats.isFile() ? { kind: 'gone' } : look;
};

/** Compares one entry with what is known of it; the cursor must not be past it. */
export const judge = async (pass: Pass, cursor: KnownCursor, place: Place, look: Look): Promise<void> => {
  const { key, folder } = place;
  await passMissing(pass, cursor, key, folder);
  if (look.kind === 'gone') return;
  const head = await cursor.head();
  const was = head?.key === key ? head.file : null;
  if (was !== null) cursor.advance();
  if (look.kind === 'unreadable') {
    if (was !== null) pass.foundAgain += 1;
    pass.out.push({ kind: 'unreadable', path: bytesOf(key), code: look.code, message: look.message });
    return;
  }
  pass.files += 1;
  const file = stampOf(look.stats, folder.device);
  if (was === null) await judgeNew(pass, place, file);
  else await judgeKnown(pass, place, file, was);
};

/** Compares files of one folder, in byte order, with what is known of them. */
export const judgeFiles = async (
  pass: Pass,
  cursor: KnownCursor,
  folder: Folder,
  entries: readonly Entry[],
): Promise<void> => {
  const places = entries.map((entry): Place => ({ key: keyWithin(folder.key, entry.name), entry, folder }));
  const looks = await Promise.all(places.map((place) => lookAtEntry(pass, place)));
  for (const [index, place] of places.entries()) {
    const look = looks[index];
    if (look !== undefined) await judge(pass, cursor, place, look);
  }
};
