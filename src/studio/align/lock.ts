import { readFile, rename, unlink, link } from 'node:fs/promises';
import { createExclusively } from '../../node/files/atomic.ts';
import { makeFolder } from '../../node/files/folders.ts';
import { cleaningUp, systemCode } from '../failure.ts';
import { pause } from '../streams.ts';
import type { Layout } from './layout.ts';
import { Owner, type Owners } from './owner.ts';

const RETRY_MS = 50;

/** The owner that a file names; null when the file is gone or says nothing (it is then nobody's). */
export const readOwner = async (file: string): Promise<Owner | null> => {
  try {
    const parsed = Owner.safeParse(JSON.parse((await readFile(file, 'utf8')).split('\n', 1)[0] ?? ''));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return null;
    throw error;
  }
};

/**
 * Takes a file from an owner that is dead by renaming it to `aside`. Gives false when somebody else was quicker; a file
 * that meanwhile belongs to a living owner is put back.
 */
export const takeFromDead = async (file: string, aside: string, owners: Owners): Promise<boolean> => {
  try {
    await rename(file, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
  const owner = await readOwner(aside);
  if (owner === null || !owners.isAlive(owner)) return true;
  await link(aside, file).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
  await unlink(aside);
  return false;
};

const tryLock = async (layout: Layout, owner: Owner): Promise<boolean> => {
  await makeFolder(layout.state);
  try {
    return await createExclusively(layout.lock, JSON.stringify(owner));
  } catch (error) {
    // Whoever ended last removed the folder in this moment.
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
};

/** Does `work` while no other process does work under the lock of the same folder. A dead process's lock is taken over. */
export const withLock = async <Result>(
  layout: Layout,
  owner: Owner,
  owners: Owners,
  signal: AbortSignal | null,
  work: () => Promise<Result>,
): Promise<Result> => {
  while (!(await tryLock(layout, owner))) {
    signal?.throwIfAborted();
    const holder = await readOwner(layout.lock);
    if (holder !== null && !owners.isAlive(holder)) {
      const aside = `${layout.lock}.${owner.run}`;
      if (await takeFromDead(layout.lock, aside, owners)) await unlink(aside);
    } else await pause(RETRY_MS, signal ?? undefined);
  }
  return cleaningUp(work, async () => {
    await unlink(layout.lock).catch((error: unknown) => {
      // The end of the last run removes the lock with its folder.
      if (systemCode(error) !== 'ENOENT') throw error;
    });
  });
};
