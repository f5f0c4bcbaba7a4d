import { hostname } from 'node:os';
import * as z from 'zod';
import { isRunning, startTicksOf } from '../../node/processes/running.ts';

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
