import { readFile, rename } from 'node:fs/promises';
import * as z from 'zod';
import { AlignSettings } from '../../contract/faces.ts';
import { Source } from '../../contract/studio.ts';
import { systemCode } from '../failure.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolder } from '../../node/files/folders.ts';

const StateFile = z.strictObject({
  format: z.literal(1),
  sources: z.array(Source),
  defaults: AlignSettings.nullable().default(null),
});

/** What is remembered from one start to the next. */
export type SourcesState = {
  /** Most recently opened first. */
  readonly sources: readonly Source[];
  /** What somebody wants further folders to be aligned with; null when nobody said. */
  readonly defaults: AlignSettings | null;
};

/** Reads the state. A damaged file is reported and kept aside: only the list of opened folders is lost with it. */
export const readState = async (file: string, report: (error: unknown) => void): Promise<SourcesState> => {
  const nothing: SourcesState = { sources: [], defaults: null };
  try {
    const { sources, defaults } = StateFile.parse(JSON.parse(await readFile(file, 'utf8')));
    return { sources, defaults };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return nothing;
    if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
    report(
      new Error(`${file} is damaged; it was renamed and the list of sources begins anew.`, { cause: error }),
    );
    await rename(file, `${file}.damaged`);
    return nothing;
  }
};

/** Writes the state into a file of the data folder `home`, durably. */
export const writeState = async (home: string, file: string, state: SourcesState): Promise<void> => {
  await makeFolder(home);
  await writeTextDurably(file, [`${JSON.stringify({ format: 1, ...state }, null, 2)}\n`]);
};
