import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemCode } from '../failure.ts';
import type { Change, FoundFile } from './change.ts';
import type { KnownFiles } from './known.ts';
import { deviceOf, unreadable } from './look.ts';
import type { Folder, Pass } from './pass.ts';
import { absoluteBelow, outermost, type PathKey } from './paths.ts';
import { judgeEverything, judgePart } from './verdict.ts';
import { walkFolder, walkLinks, type Walk } from './walk.ts';
import { walkScope } from './walk-scope.ts';

export type ReconcileProgress = { readonly files: number; readonly folders: number };

export type ReconcileOptions = {
  /** Entries to look at, each with all that is below it; everything without it. */
  readonly scope?: readonly PathKey[] | undefined;
  /** False where the file system makes inodes up at each mount; then size and time alone tell a file. True without it. */
  readonly hasStableInodes?: boolean;
  /** Reports files that are no pictures too, each with its problem; they are told by their names and first bytes. False without it. */
  readonly includeOthers?: boolean;
  /** A person has said that what is missing is really gone, even from an emptied folder or from a disk that is not there. */
  readonly isRemovalConfirmed?: boolean;
  /** Whether nobody is writing a file any more. Every file is at rest without it. */
  readonly isAtRest?: (path: PathKey, file: FoundFile) => boolean;
  /** Called before each folder is listed; `mark` tells it from another folder of that name. */
  readonly onFolder?: (folder: PathKey, mark: string) => void;
  /** Called for a path at which no folder is any more. */
  readonly onNoFolder?: (path: PathKey) => void;
  readonly onProgress?: (progress: ReconcileProgress) => void;
  readonly signal?: AbortSignal | undefined;
};

type Root = { readonly folder: Folder; readonly mark: string };
type RootLook = { readonly root: Root } | { readonly message: string };

const lookAtRoot = async (root: string): Promise<RootLook> => {
  try {
    const stats = await stat(root, { bigint: true });
    if (!stats.isDirectory()) return { message: `${root} is no longer a folder.` };
    const folder = { key: '', device: deviceOf(stats) };
    return { root: { folder, mark: `${String(stats.dev)}:${String(stats.ino)}` } };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { message: `The folder ${root} is not there.` };
    return { message: `The folder ${root} cannot be reached. ${unreadable(error).message}` };
  }
};

const offline = (message: string): Change => ({ kind: 'offline', path: Buffer.alloc(0), message });

const startPass = async (root: string, known: KnownFiles, options: ReconcileOptions): Promise<Pass> => ({
  absolute: absoluteBelow(root),
  known,
  options: {
    hasStableInodes: options.hasStableInodes ?? true,
    includeOthers: options.includeOthers ?? false,
    isAtRest: options.isAtRest ?? (() => true),
  },
  signal: options.signal,
  isAnythingKnown: (await known.page({ from: Buffer.alloc(0), to: null, most: 1 })).length > 0,
  out: [],
  missing: [],
  movedFrom: new Set(),
  devicesFound: new Set(),
  foundAgain: 0,
  files: 0,
  folders: 0,
});

async function* walkAll(walk: Walk, { folder }: Root): AsyncGenerator<void, boolean, void> {
  yield* walkFolder(walk, '', folder);
  yield* walkLinks(walk, folder);
  return true;
}

/** Tells what the steps find as they find it; gives what they give in the end. */
async function* tell(
  pass: Pass,
  steps: AsyncGenerator<void, boolean, void>,
  onProgress: (progress: ReconcileProgress) => void,
): AsyncGenerator<Change, boolean, void> {
  for (;;) {
    const step = await steps.next();
    yield* pass.out.splice(0);
    onProgress({ files: pass.files, folders: pass.folders });
    if (step.done === true) return step.value;
  }
}

async function* judgeMissing(
  pass: Pass,
  isEverything: boolean,
  isRemovalConfirmed: boolean,
): AsyncGenerator<Change, void, void> {
  if (!isEverything) {
    yield* judgePart(pass);
    return;
  }
  yield* judgeEverything(pass, { isRemovalConfirmed });
  yield { kind: 'complete', files: pass.files, folders: pass.folders };
}

/**
 * Compares a folder with what is known of it. Nothing is written, and nothing is read but the first bytes of files whose names promise no
 * picture.
 *
 * A file counts as unchanged while its size, time and (where they are stable) inode are the same; what is in it says only its hash. Links
 * are followed, but no folder is entered twice; hidden folders are not entered. What cannot be looked at is never reported as removed,
 * nor is anything of a folder that is missing itself, of a disk that is not there, or of a folder in which suddenly nothing known is
 * left: see the kinds of `Change`.
 *
 * Memory depends on the largest folder, on the number of moved files and on that of gaps of missing ones, not on the number of files.
 * @param root absolute
 * @throws the signal's reason, and what `known` throws
 */
export async function* reconcile(
  root: string,
  known: KnownFiles,
  options: ReconcileOptions = {},
): AsyncGenerator<Change, void, void> {
  const { onFolder = () => undefined, onNoFolder = () => undefined, onProgress = () => undefined } = options;
  const start = await lookAtRoot(resolve(root));
  if (!('root' in start)) {
    yield offline(start.message);
    return;
  }
  const pass = await startPass(resolve(root), known, options);
  const hooks = { onFolder, onNoFolder };
  const walk: Walk = { pass, hooks, entered: new Set(), links: [] };
  const scope = options.scope === undefined ? [''] : outermost(options.scope);
  const isEverything = scope.includes('');
  const steps = isEverything ? walkAll(walk, start.root) : walkScope(walk, scope, start.root.folder);
  if (!(yield* tell(pass, steps, onProgress))) {
    yield { kind: 'uncertain', message: 'A link leads to a folder.' };
    return;
  }
  const end = await lookAtRoot(resolve(root));
  if (!('root' in end)) yield offline(end.message);
  else if (end.root.mark !== start.root.mark)
    yield offline(`The folder ${root} was exchanged while it was read.`);
  else yield* judgeMissing(pass, isEverything, options.isRemovalConfirmed ?? false);
}
