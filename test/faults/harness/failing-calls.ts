import {
  defectsOf,
  defectsOfEnd,
  inLanes,
  inNewFolder,
  runUnder,
  takeUpAgain,
  wholeRun,
  type Bench,
  type Command,
  type Findings,
  type Trial,
} from './command.ts';
import { CALLS, ERRORS, type Call, type InjectedError } from './shim.ts';

export type FailingOptions = {
  /** The calls that fail; those that change a disk, and openings, when left out. */
  readonly calls?: readonly Call[];
  /** Of every so many points one is tried, from a place that the seed chooses; every one when left out. */
  readonly every?: number;
  readonly seed?: number;
};

type Point = { readonly at: number; readonly error: InjectedError; readonly isForEver: boolean };

const MOST_SENTENCE_CHARACTERS = 400;

/** What is wrong with how a stopped command tells it: it must be one sentence, without a stack and without a shrug. */
const telling = ({ error }: Trial): readonly string[] => {
  const lines = error.split('\n').filter((line) => line !== '');
  const isSentence = lines.length === 1 && error.endsWith('\n') && error.length <= MOST_SENTENCE_CHARACTERS;
  if (!isSentence) return [`it does not tell it in one sentence: ${JSON.stringify(error)}`];
  return /unexpected|Error:|undefined|\[object/.test(error)
    ? [`it tells it like a bug: ${error.trim()}`]
    : [];
};

const ending = (command: Command, trial: Trial): readonly string[] => {
  if (trial.isTooSlow) return ['it does not end'];
  if (trial.code !== command.exitCodes.stopped)
    return [`it ends with code ${String(trial.code)}: ${trial.error.trim()}`];
  return telling(trial);
};

/**
 * Lets each call fail, once and from there on for ever, with each error. The command must end well, or stop with the right code and
 * one sentence; leave nothing half-written; and, given again when the fault is gone, end with the bytes of an undisturbed run.
 */
export const failingCalls = async (
  bench: Bench,
  command: Command,
  { calls = CALLS.filter((call) => call !== 'say'), every = 1, seed = 0 }: FailingOptions = {},
): Promise<Findings> => {
  const { whole, count } = await wholeRun(bench, command, calls);
  const all = Array.from({ length: count }, (_, index) => index + 1).flatMap((at) =>
    ERRORS.flatMap((error): Point[] => [
      { at, error, isForEver: false },
      { at, error, isForEver: true },
    ]),
  );
  const points = all.filter((_, place) => place % every === seed % every);
  const trials = await inLanes(points, ({ at, error, isForEver }) =>
    inNewFolder(bench, command, async (folder) => {
      const trial = await runUnder(bench, command, folder, { mode: 'fail', at, error, isForEver }, calls);
      if (trial.struck === null) return null;
      const isEnded = trial.code === command.exitCodes.whole;
      const defects = [
        ...(isEnded ? await defectsOfEnd(command, folder, whole) : ending(command, trial)),
        ...(await defectsOf(command, folder, { whole, said: trial.out })),
        ...(await takeUpAgain(command, folder, whole)),
      ];
      const what = `${error} ${isForEver ? 'for ever from' : 'once at'} call ${String(at)}, ${trial.struck}`;
      return defects.map((defect) => `${what}: ${defect}`);
    }),
  );
  const struck = trials.filter((trial) => trial !== null);
  return { tried: struck.length, defects: struck.flat() };
};
