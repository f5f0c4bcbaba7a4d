import { randomBytes } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createExclusively } from '../../node/files/atomic.ts';
import { unlessGone } from '../../node/files/system-code.ts';
import { readOwner, takeFromDead } from '../align/lock.ts';
import type { Owners } from '../align/owner.ts';
import { failed } from '../failure.ts';

const LOCK_FILE = 'run.lock';

/**
 * Takes a run for this process, so that no two train it at once; that of a process that died is taken over.
 * @returns what lets go of it
 * @throws FAILED naming who has it
 */
export const lockRun = async (folder: string, owners: Owners): Promise<() => Promise<void>> => {
  const lock = join(folder, LOCK_FILE);
  const owner = owners.create(randomBytes(6).toString('hex'));
  while (!(await createExclusively(lock, JSON.stringify(owner)))) {
    const holder = await readOwner(lock);
    if (holder !== null && owners.isAlive(holder) !== false) {
      owners.end(owner);
      throw failed(
        `The run in ${folder} is at work in process ${String(holder.pid)} on ${holder.host}: stop it there first.`,
      );
    }
    const aside = `${lock}.${owner.run}`;
    if (await takeFromDead(lock, aside, (other) => owners.isAlive(other) !== false)) await unlink(aside);
  }
  return async () => {
    owners.end(owner);
    await unlessGone(() => unlink(lock));
  };
};

/** Whether a process trains a run, as far as can be told. */
export const isAtWork = async (folder: string, owners: Owners): Promise<boolean> => {
  const holder = await readOwner(join(folder, LOCK_FILE));
  return holder !== null && owners.isAlive(holder) !== false;
};
