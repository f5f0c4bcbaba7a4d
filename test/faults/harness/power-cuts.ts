import { rm } from 'node:fs/promises';
import { join } from 'node:path';
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
import { readDisk, type Disk } from './disk.ts';
import { below, randomFrom } from './random.ts';
import { readRecording, type Recorded } from './recording.ts';

export type CutOptions = { readonly cuts: number; readonly seed: number };

type Recording = { readonly calls: readonly Recorded[]; readonly begin: () => Disk };

/** Runs the command once and records what it does, from a disk that holds what it was prepared with. */
const record = (bench: Bench, command: Command): Promise<Recording> =>
  inNewFolder(bench, command, async (folder) => {
    const begin = await readDisk(join(folder, command.writes));
    const log = `${folder}.log`;
    try {
      const { code, error } = await runUnder(bench, command, folder, { mode: 'record', log });
      if (code !== command.exitCodes.whole)
        throw new Error(`Recorded, the command ends with code ${String(code)}: ${error}`);
      return { calls: await readRecording(log), begin };
    } finally {
      await rm(log, { force: true });
    }
  });

/** Every other cut leaves the worst disk, on which nothing is that was not synced. */
const isWorst = (cut: number): boolean => cut % 2 === 0;

/**
 * Records one run of the command and cuts the power at moments that the seed chooses, the first time when the command has ended: of
 * what the run wrote, only what was synced is sure to be left. Looks for what is wrong on such a disk, gives the command again there,
 * and compares its end with that of a run that nothing disturbed.
 */
export const powerCuts = async (
  bench: Bench,
  command: Command,
  { cuts, seed }: CutOptions,
): Promise<Findings> => {
  const { whole } = await wholeRun(bench, command);
  const { calls, begin } = await record(bench, command);
  const trials = await inLanes(
    Array.from({ length: cuts }, (_, cut) => cut),
    (cut) =>
      inNewFolder(bench, command, async (folder) => {
        const random = randomFrom(seed + cut);
        const at = cut === 0 ? calls.length : below(random, calls.length + 1);
        const made = calls.slice(0, at);
        const disk = begin();
        for (const call of made) disk.apply(call);
        const left = join(folder, command.writes);
        await rm(left, { recursive: true });
        await disk.materialise(left, isWorst(cut) ? null : random);
        const said = made.map((call) => (call.call === 'say' ? call.text : '')).join('');
        const defects = [
          ...(await defectsOf(command, folder, { whole, said })),
          ...(await takeUpAgain(command, folder, whole)),
        ];
        const which = isWorst(cut) ? 'only what was synced is left' : 'some of the rest is left';
        return defects.map(
          (defect) => `power cut ${String(cut)} after ${String(at)} calls, ${which}: ${defect}`,
        );
      }),
  );
  return { tried: trials.length, defects: trials.flat() };
};
