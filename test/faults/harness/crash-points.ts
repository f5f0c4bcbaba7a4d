import {
  defectsOf,
  inLanes,
  inNewFolder,
  runUnder,
  takeUpAgain,
  wholeRun,
  type Bench,
  type Command,
  type Findings,
} from './command.ts';
import { CHANGES, type Call } from './shim.ts';

export type CrashOptions = {
  /** The calls at which it is killed; all that change a disk when left out. */
  readonly calls?: readonly Call[];
  /** Every so many calls, from the `first` on; every one when left out. */
  readonly every?: number;
  readonly first?: number;
};

/** Calls beyond those of an undisturbed run that are tried: threads may take another turn, or wait for one another. */
const MORE_CALLS = 8;

/**
 * Kills the command at each call that changes a file (a write at its middle, all others before they are made), looks for what is
 * wrong then, gives the command again, and compares its end with that of a run that nothing disturbed.
 */
export const crashPoints = async (
  bench: Bench,
  command: Command,
  { calls = CHANGES, every = 1, first = 1 }: CrashOptions = {},
): Promise<Findings> => {
  const { whole, count } = await wholeRun(bench, command, calls);
  const points = Array.from({ length: count + MORE_CALLS }, (_, index) => index + 1).filter(
    (at) => at >= first && (at - first) % every === 0,
  );
  const trials = await inLanes(points, (at) =>
    inNewFolder(bench, command, async (folder) => {
      const { struck, code, out, error } = await runUnder(
        bench,
        command,
        folder,
        { mode: 'kill', at, scope: 'all' },
        calls,
      );
      if (struck === null) {
        // Threads take turns: a run may need a few calls less than another.
        return code === command.exitCodes.whole
          ? null
          : [`call ${String(at)} was never made, and it ends with code ${String(code)}: ${error}`];
      }
      const defects = [
        ...(await defectsOf(command, folder, { whole, said: out })),
        ...(await takeUpAgain(command, folder, whole)),
      ];
      return defects.map((defect) => `killed at call ${String(at)}, ${struck}: ${defect}`);
    }),
  );
  const struck = trials.filter((trial) => trial !== null);
  return { tried: struck.length, defects: struck.flat() };
};
