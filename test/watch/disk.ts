import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Change } from '../../src/studio/watch/change.ts';
import type { KnownFiles } from '../../src/studio/watch/known.ts';
import { keyOf, type PathKey } from '../../src/studio/watch/paths.ts';
import { reconcile, type ReconcileOptions } from '../../src/studio/watch/reconcile.ts';

export const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'watch-'));
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Every change of a reconciliation, none of them applied. */
export const changesOf = async (
  root: string,
  known: KnownFiles,
  options: ReconcileOptions = {},
): Promise<readonly Change[]> => {
  const changes: Change[] = [];
  for await (const change of reconcile(root, known, options)) changes.push(change);
  return changes;
};

const pathOf = (change: Change): string => {
  switch (change.kind) {
    case 'moved':
      return `${keyOf(change.from)} -> ${keyOf(change.to)}`;
    case 'added':
    case 'changed':
      return `${keyOf(change.path)}${change.problem === null ? '' : ` (${change.problem.code})`}`;
    case 'removed':
    case 'unsettled':
    case 'offline':
      return keyOf(change.path);
    case 'unreadable':
      return `${keyOf(change.path)} (${change.code})`;
    case 'emptied':
      return String(change.count);
    case 'complete':
      return `${String(change.files)} files in ${String(change.folders)} folders`;
    case 'uncertain':
      return change.message;
  }
};

/** Changes as short lines. */
export const lines = (changes: readonly Change[]): readonly string[] =>
  changes.map((change) => `${change.kind} ${pathOf(change)}`);

/** All files below a folder as `find` lists them: another program's eyes than ours. Links are not followed. */
export const filesByFind = async (root: string): Promise<readonly PathKey[]> => {
  const { stdout } = await promisify(execFile)('find', [root, '-type', 'f', '-printf', '%P\\0'], {
    encoding: 'buffer',
    maxBuffer: 1 << 30,
  });
  return keyOf(stdout).split('\0').slice(0, -1).sort();
};
