import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from './engine-libraries.mjs';

const POLL_MS = 500;

/**
 * Does work that only one process may do at a time; another one waits for it. The lock of a process that is gone is void.
 * @param {string} file
 * @param {() => void} onWait called once when another process holds it
 * @param {() => Promise<void>} work
 */
export const withLock = async (file, onWait, work) => {
  await mkdir(dirname(file), { recursive: true });
  let told = false;
  for (;;) {
    const handle = await open(file, 'wx').catch((/** @type {unknown} */ error) => {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null;
      throw error;
    });
    if (handle !== null) {
      await handle.writeFile(String(process.pid));
      await handle.close();
      break;
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    // An empty file is one that its owner is just writing, unless it stays so.
    if (owner > 0 ? !isAlive(owner) : told) await rm(file, { force: true });
    else {
      if (!told) onWait();
      told = true;
      await wait(POLL_MS);
    }
  }
  try {
    await work();
  } finally {
    await rm(file, { force: true });
  }
};
