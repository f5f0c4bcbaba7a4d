import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import * as z from 'zod';
import { systemCode } from '../failure.ts';

/** A run of a process that works in an output folder. */
export const Owner = z.strictObject({
  pid: z.int(),
  host: z.string(),
  /** When the process started, in the system's ticks: a later process may get the same number. null where that cannot be told. */
  startTicks: z.string().nullable(),
  /** Random; a process may run several jobs. */
  run: z.string(),
});
export type Owner = z.infer<typeof Owner>;

/** Fields of proc(5) `stat`, counted from behind the name. */
const STATE_FIELD = 0;
const START_FIELD = 19;

const processFields = (pid: number): readonly string[] | null => {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // No such process, or a system without /proc.
    return null;
  }
};

const startTicksOf = (pid: number): string | null => processFields(pid)?.[START_FIELD] ?? null;

const isRunning = (pid: number): boolean => {
  // A process that has ended may wait for its parent to take note.
  if (processFields(pid)?.[STATE_FIELD] === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
};

export type Owners = {
  create(run: string): Owner;
  /** Ends a run of this process: what it owns may be taken over. */
  end(owner: Owner): void;
  /** Whether the run may still be at work. Of another machine it cannot be known, and is taken for true. */
  isAlive(owner: Owner): boolean;
};

/** Knows the runs of this process, and asks the system for the others. */
export const createOwners = (): Owners => {
  const host = hostname();
  const mine = new Set<string>();
  return {
    create(run) {
      mine.add(run);
      return { pid: process.pid, host, startTicks: startTicksOf(process.pid), run };
    },
    end(owner) {
      mine.delete(owner.run);
    },
    isAlive(owner) {
      if (owner.host !== host) return true;
      if (owner.pid === process.pid && owner.startTicks === startTicksOf(process.pid))
        return mine.has(owner.run);
      return (
        isRunning(owner.pid) && (owner.startTicks === null || owner.startTicks === startTicksOf(owner.pid))
      );
    },
  };
};
