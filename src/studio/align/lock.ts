import { link, readFile, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { createExclusively } from '../../node/files/atomic.ts';
import { makeFolder } from '../../node/files/folders.ts';
import { unlessGone } from '../../node/files/system-code.ts';
import { cleaningUp, systemCode } from '../failure.ts';
import { pause } from '../streams.ts';
import type { Layout } from './layout.ts';
import { Owner } from './owner.ts';
import type { Presence } from './presence.ts';

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
export const takeFromDead = async (
  file: string,
  aside: string,
  isAlive: (holder: Owner, file: string) => boolean | Promise<boolean>,
): Promise<boolean> => {
  const isTaken = await unlessGone(async () => {
    await rename(file, aside);
    return true;
  });
  if (isTaken === null) return false;
  const owner = await readOwner(aside);
  if (owner === null || !(await isAlive(owner, aside))) return true;
  await link(aside, file).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
  await unlink(aside);
  return false;
};

const tryLock = async (layout: Layout, presence: Presence): Promise<boolean> => {
  await makeFolder(layout.state);
  try {
    if (!(await createExclusively(layout.lock, JSON.stringify(presence.owner)))) return false;
    presence.hold(layout.lock);
    return true;
  } catch (error) {
    // Whoever ended last removed the folder in this moment.
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
};

/** The run that finishes removes the folder with everything in it; one that looks in after that leaves none behind either. */
const removeIfEmpty = async (folder: string): Promise<void> => {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemCode(error) ?? '')) throw error;
  }
};

/** Does `work` while no other run does work under the lock of the same folder. A dead run's lock is taken over. */
export const withLock = async <Result>(
  layout: Layout,
  presence: Presence,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> => {
  while (!(await tryLock(layout, presence))) {
    signal.throwIfAborted();
    const holder = await readOwner(layout.lock);
    if (holder !== null && !(await presence.isAlive(holder, layout.lock))) {
      const aside = `${layout.lock}.${presence.owner.run}`;
      if (await takeFromDead(layout.lock, aside, presence.isAlive)) await rm(aside, { force: true });
    } else await pause(RETRY_MS, signal);
  }
  return cleaningUp(work, async () => {
    presence.letGo(layout.lock);
    await unlessGone(() => unlink(layout.lock));
    await removeIfEmpty(layout.state);
  });
};
