import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ListedRun } from '../../contract/runs.ts';
import type { Owners } from '../align/owner.ts';
import { isFailure, systemCode, unusable } from '../failure.ts';
import type { KnownRuns } from './known-runs.ts';
import { isAtWork } from './lock.ts';
import { readRecord } from './run-folder.ts';

/** The run in a folder as lists show it: one that was cut off is told of as stopped. @throws UNUSABLE where there is none */
export const listedRun = async (folder: string, owners: Owners): Promise<ListedRun> => {
  const atWork = await isAtWork(folder, owners);
  const record = await readRecord(folder);
  const isCutOff = record.state === 'running' && !atWork;
  return {
    folder,
    isAtWork: atWork,
    record: isCutOff ? { ...record, state: 'stopped', note: 'It was cut off; resume goes on.' } : record,
  };
};

const newestFirst = (runs: readonly ListedRun[]): ListedRun[] =>
  [...runs].sort((a, b) => (a.record.createdAt < b.record.createdAt ? 1 : -1));

/** Runs of folders; those that hold none, or one that cannot be read, are left out. */
const readable = async (folders: readonly string[], owners: Owners): Promise<ListedRun[]> => {
  const runs = await Promise.all(
    folders.map((folder) =>
      listedRun(folder, owners).catch((error: unknown) => {
        if (isFailure(error)) return null;
        throw error;
      }),
    ),
  );
  return newestFirst(runs.filter((run) => run !== null));
};

const foldersIn = async (folder: string): Promise<string[] | null> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
};

/** The runs in a folder, the newest first. @throws UNUSABLE where there is no folder */
export const runsIn = async (given: string, owners: Owners): Promise<ListedRun[]> => {
  const folder = resolve(given);
  const folders = await foldersIn(folder);
  if (folders === null) throw unusable(`There is no folder ${folder}.`);
  return readable(folders, owners);
};

/** All runs that the program knows, and those of a workspace; the newest first. */
export const knownRuns = async (
  known: KnownRuns,
  workspace: string | null,
  owners: Owners,
): Promise<ListedRun[]> => {
  const own = workspace === null ? [] : ((await foldersIn(join(workspace, 'runs'))) ?? []);
  return readable([...new Set([...(await known.list()), ...own])], owners);
};
