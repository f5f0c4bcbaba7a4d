import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Job } from '../../contract/jobs.ts';
import { createTurns } from '../../core/jobs/turns.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolder } from '../../node/files/folders.ts';
import { systemCode } from '../failure.ts';

import { MOST_ENDED_JOBS } from './jobs.ts';

const JobsFile = z.strictObject({ format: z.literal(1), jobs: z.array(Job) });

/** Jobs and what they did, from one start to the next. */
export type KeptJobs = {
  /** Oldest first. */
  read(): Promise<readonly Job[]>;
  /** Keeps these; what other processes kept of other jobs stays. */
  write(jobs: readonly Job[]): Promise<void>;
};

/** The kept jobs in the data folder `home`. A damaged file is reported and kept aside. */
export const createKeptJobs = (home: string, report: (error: unknown) => void): KeptJobs => {
  const file = join(home, 'jobs.json');
  const inTurn = createTurns(1);
  const read = async (): Promise<readonly Job[]> => {
    try {
      return JobsFile.parse(JSON.parse(await readFile(file, 'utf8'))).jobs;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
      report(
        new Error(`${file} is damaged; it was renamed and the list of jobs begins anew.`, { cause: error }),
      );
      await rename(file, `${file}.damaged`);
      return [];
    }
  };
  return {
    read: () => inTurn(read),
    write: (jobs) =>
      inTurn(async () => {
        const ids = new Set(jobs.map(({ id }) => id));
        const others = (await read()).filter(({ id }) => !ids.has(id));
        const all = [...others, ...jobs].slice(-MOST_ENDED_JOBS);
        await makeFolder(home);
        await writeTextDurably(file, [`${JSON.stringify({ format: 1, jobs: all })}\n`]);
      }),
  };
};
