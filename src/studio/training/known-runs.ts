import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { createTurns } from '../../core/jobs/turns.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolder } from '../../node/files/folders.ts';
import { systemCode } from '../failure.ts';

const MOST_KNOWN = 500;
const KnownFile = z.strictObject({ format: z.literal(1), runs: z.array(z.string()) });

/** Folders of the runs that were begun on this machine, by a window or by the command line. */
export type KnownRuns = {
  /** The last begun first. */
  list(): Promise<readonly string[]>;
  note(folder: string): Promise<void>;
};

/** Those that are noted in the program's data folder. A damaged list is reported and kept aside. */
export const createKnownRuns = (home: string, report: (error: unknown) => void): KnownRuns => {
  const file = join(home, 'runs.json');
  const inTurn = createTurns(1);
  // Other processes note theirs: it is read anew each time.
  const read = async (): Promise<readonly string[]> => {
    try {
      return KnownFile.parse(JSON.parse(await readFile(file, 'utf8'))).runs;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
      report(
        new Error(`${file} is damaged; it was renamed and the list of runs begins anew.`, { cause: error }),
      );
      await rename(file, `${file}.damaged`);
      return [];
    }
  };
  return {
    list: () => inTurn(read),
    note: (folder) =>
      inTurn(async () => {
        const known = await read();
        if (known[0] === folder) return;
        const runs = [folder, ...known.filter((other) => other !== folder)].slice(0, MOST_KNOWN);
        await makeFolder(home);
        await writeTextDurably(file, [`${JSON.stringify({ format: 1, runs }, null, 2)}\n`]);
      }),
  };
};
