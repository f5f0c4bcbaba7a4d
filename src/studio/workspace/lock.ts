import { randomBytes } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { readOwner, takeFromDead } from '../align/lock.ts';
import type { Owner, Owners } from '../align/owner.ts';
import { createExclusively } from '../../node/files/atomic.ts';
import { cleaningUp, failed, systemCode, unusable, writeFailure } from '../failure.ts';
import { OWNER_ONLY_FILE, type WorkspacePaths } from './paths.ts';

export type HeldLock = {
  /** Whether the one who had it before died with it. */
  readonly wasLeftBehind: boolean;
  release(): Promise<void>;
};

const refusal = (folder: string, holder: Owner): Error =>
  failed(
    `The workspace ${folder} is in use by process ${String(holder.pid)} on ${holder.host}: close it there first. It can be read meanwhile.`,
  );

/**
 * Takes the lock of a workspace for writing; the lock of a process that died is taken over at once.
 * @throws a failure that names who holds it
 */
export const lockWorkspace = async (
  { folder, lock }: WorkspacePaths,
  owner: Owner,
  owners: Owners,
): Promise<HeldLock> => {
  let wasLeftBehind = false;
  // Of another machine it cannot be known, and two writers would spoil the catalogue: whoever is not known to be dead is alive.
  const isAlive = (holder: Owner): boolean => owners.isAlive(holder) !== false;
  try {
    while (!(await createExclusively(lock, JSON.stringify(owner), OWNER_ONLY_FILE))) {
      const holder = await readOwner(lock);
      if (holder !== null && isAlive(holder)) throw refusal(folder, holder);
      const aside = `${lock}.${owner.run}`;
      if (await takeFromDead(lock, aside, isAlive)) {
        await unlink(aside);
        wasLeftBehind = true;
      }
    }
  } catch (error) {
    throw writeFailure(error, folder);
  }
  return {
    wasLeftBehind,
    async release() {
      await unlink(lock).catch((error: unknown) => {
        if (systemCode(error) !== 'ENOENT') throw error;
      });
    },
  };
};

const lockThere = async (paths: WorkspacePaths, owner: Owner, owners: Owners): Promise<HeldLock> => {
  try {
    return await lockWorkspace(paths, owner, owners);
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw unusable(`There is no workspace in ${paths.folder}: check the path.`);
    throw error;
  }
};

/**
 * Does work under the lock of a workspace.
 * @throws UNUSABLE when the folder is not there, and a failure that names who holds the lock
 */
export const withWorkspaceLock = async <Result>(
  paths: WorkspacePaths,
  owners: Owners,
  work: (paths: WorkspacePaths) => Promise<Result>,
): Promise<Result> => {
  const owner = owners.create(randomBytes(6).toString('hex'));
  try {
    const lock = await lockThere(paths, owner, owners);
    return await cleaningUp(
      () => work(paths),
      () => lock.release(),
    );
  } finally {
    owners.end(owner);
  }
};
