import { readFileSync, renameSync } from 'node:fs';
import * as z from 'zod';
import { Settings, SettingsChange } from '../../contract/settings.ts';
import { DEFAULT_SETTINGS } from '../../core/settings/defaults.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { systemCode } from '../failure.ts';

/** Written into the file; grows when the shape of what is in it changes. */
const FORMAT = 1;

const Stored = z.looseObject({ format: z.int().nonnegative() });
type Values = Readonly<Record<string, unknown>>;

/** From each older format to the next one. */
const MIGRATIONS: readonly ((older: Values) => Values)[] = [
  // Format 0: what a window kept itself, a flat list of how it was left.
  (older) => ({
    window: Object.fromEntries(Object.entries(older).filter(([name]) => name !== 'format')),
  }),
];

/** Takes what still is of the right kind; each value that is not, and each that is missing, is the default. */
const knownValues = (values: Values): Settings => {
  let settings: Settings = DEFAULT_SETTINGS;
  for (const name of Object.keys(DEFAULT_SETTINGS)) {
    if (!(name in values)) continue;
    const read = SettingsChange.safeParse({ [name]: values[name] });
    if (read.success) settings = Settings.parse({ ...settings, ...read.data });
  }
  return settings;
};

/** Settings of any format up to today's, in today's shape; null for one that is newer than this program. */
export const upgrade = (stored: z.infer<typeof Stored>): Settings | null => {
  if (stored.format > FORMAT) return null;
  let values: Values = stored;
  for (const migrate of MIGRATIONS.slice(stored.format)) values = migrate(values);
  return knownValues(values);
};

/** What a window kept in its storage before there were settings. @throws SyntaxError or ZodError for any other text */
export const parseOlder = (text: string): Settings =>
  upgrade({ ...z.record(z.string(), z.json()).parse(JSON.parse(text)), format: 0 }) ?? DEFAULT_SETTINGS;

/** Puts a file that cannot be read out of the way, under a name that tells why. */
const putAside = (file: string, why: string): void => {
  renameSync(file, `${file}.${why}`);
};

/** Reads the settings; null while nothing was ever changed. What is damaged or newer is reported and kept aside. */
export const readSettings = (file: string, report: (error: unknown) => void): Settings | null => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const stored = Stored.parse(JSON.parse(text));
    const settings = upgrade(stored);
    if (settings !== null) return settings;
    report(
      new Error(`${file} is of a newer version of the program; it was renamed and the settings begin anew.`),
    );
    putAside(file, `format-${String(stored.format)}`);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
    report(new Error(`${file} is damaged; it was renamed and the settings begin anew.`, { cause: error }));
    putAside(file, 'damaged');
  }
  return null;
};

/** Writes the settings whole or not at all, durably. */
export const writeSettings = (file: string, settings: Settings): Promise<void> =>
  writeTextDurably(file, `${JSON.stringify({ format: FORMAT, ...settings }, null, 2)}\n`);
