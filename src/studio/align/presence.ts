import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessGone } from '../../node/files/system-code.ts';
import type { Layout } from './layout.ts';
import type { Owner, Owners } from './owner.ts';

/** A run's sign of life in an output folder, and its view of the others'. */
export type Presence = {
  readonly owner: Owner;
  /** Keeps a file that names the owner young until it is let go. */
  hold(file: string): void;
  letGo(file: string): void;
  /** Whether the run that a file names may be at work. A run of another machine is while the file is young. */
  readonly isAlive: (holder: Owner, file: string) => Promise<boolean>;
  /** Ends the signs of life; what the run still owns may be taken over. */
  end(): void;
};

/** The first byte of a file that holds JSON; to write it changes nothing but the time. */
const FIRST_BYTE = '{';

/**
 * Writes, because only a write takes its time from the clock of the file system: that of a server, where several machines meet.
 * @returns that time, in ms
 */
const touch = async (file: string, flags: 'r+' | 'w'): Promise<number> => {
  const handle = await open(file, flags);
  try {
    await handle.write(FIRST_BYTE, 0);
    return (await handle.stat()).mtimeMs;
  } finally {
    await handle.close();
  }
};

/** Begins the signs of life of a run. */
export const createPresence = (layout: Layout, owners: Owners, run: string): Presence => {
  const owner = owners.create(run);
  const { beatEveryMs, deadAfterMs } = owners.pulse;
  const clock = join(layout.state, `.clock-${run}`);
  const held = new Set<string>();
  const beat = (): void => {
    // Gone: another machine has taken it. Any other error stops the run's own writing too, which tells it.
    for (const file of held) touch(file, 'r+').catch(() => undefined);
  };
  const timer = setInterval(beat, beatEveryMs);
  timer.unref();

  return {
    owner,
    hold(file) {
      held.add(file);
    },
    letGo(file) {
      held.delete(file);
    },
    async isAlive(holder, file) {
      const isKnownAlive = owners.isAlive(holder);
      if (isKnownAlive !== null) return isKnownAlive;
      const ageMs = await unlessGone(async () => {
        const { mtimeMs } = await stat(file);
        return (await touch(clock, 'w')) - mtimeMs;
      });
      return ageMs !== null && ageMs < deadAfterMs;
    },
    end() {
      clearInterval(timer);
      owners.end(owner);
    },
  };
};
