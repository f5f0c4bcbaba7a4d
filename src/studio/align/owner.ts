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

/** How runs of two machines know of each other's life: by the age of the files that they hold. */
export type Pulse = {
  readonly beatEveryMs: number;
  /** A run of another machine whose file is older is taken for dead. */
  readonly deadAfterMs: number;
};

/** Network file systems tell a change up to a minute late. */
const PULSE: Pulse = { beatEveryMs: 15_000, deadAfterMs: 5 * 60_000 };

export type Owners = {
  readonly pulse: Pulse;
  create(run: string): Owner;
  /** Ends a run of this process: what it owns may be taken over. */
  end(owner: Owner): void;
  /** Whether the run is at work; null for one of another machine, which cannot be asked. */
  isAlive(owner: Owner): boolean | null;
};

/** Knows the runs of this process, and asks the system for the others. */
export const createOwners = (host: string = hostname(), pulse: Pulse = PULSE): Owners => {
  const mine = new Set<string>();
  return {
    pulse,
    create(run) {
      mine.add(run);
      return { pid: process.pid, host, startTicks: startTicksOf(process.pid), run };
    },
    end(owner) {
      mine.delete(owner.run);
    },
    isAlive(owner) {
      if (owner.host !== host) return null;
      if (owner.pid === process.pid && owner.startTicks === startTicksOf(process.pid))
        return mine.has(owner.run);
      return (
        isRunning(owner.pid) && (owner.startTicks === null || owner.startTicks === startTicksOf(owner.pid))
      );
    },
  };
};
