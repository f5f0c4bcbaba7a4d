import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { AlignSettings } from '../../contract/faces.ts';
import { PROJECT_FOLDER } from '../../node/processes/entry.ts';
import { failed, systemCode, unusable } from '../failure.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import type { Layout } from './layout.ts';
import { canonicalSettings, PIPELINE_VERSION, settingsDifference } from './settings.ts';

const FORMAT_VERSION = 1;

const Totals = z.strictObject({
  images: z.int(),
  aligned: z.int(),
  noFace: z.int(),
  failed: z.int(),
  skipped: z.int(),
  faces: z.int(),
  crops: z.int(),
});
type Totals = z.infer<typeof Totals>;

const Basis = z.object({ format: z.int(), pipeline: z.int(), settings: AlignSettings, input: z.string() });

/** What made an aligned folder: `facenet-studio.json`. It holds nothing that differs between two runs of the same. */
const Manifest = Basis.extend({
  program: z.object({ name: z.string(), version: z.string() }),
  ledger: z.string(),
  boundingBoxes: z.string(),
  totals: Totals,
});

/** What a run in progress works on: `plan.json`. */
const Plan = Basis.extend({ planSha256: z.string() });

const Package = z.object({ version: z.string() });

/** The version of this program. */
export const programVersion = (): string =>
  Package.parse(JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8'))).version;

const read = async <Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.infer<Schema> | null> => {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    if (error instanceof SyntaxError || error instanceof z.ZodError) {
      throw failed(`${file} is damaged or of another version of this program: choose another output folder.`);
    }
    throw error;
  }
};

type Work = { readonly settings: AlignSettings; readonly input: string };

const check = (there: z.infer<typeof Basis> | null, asked: Work, output: string): void => {
  if (there === null) return;
  const elsewhere = 'choose another output folder, or repeat those.';
  if (there.format !== FORMAT_VERSION || there.pipeline !== PIPELINE_VERSION) {
    throw unusable(`${output} was made by another version of this program: choose another output folder.`);
  }
  const difference = settingsDifference(there.settings, asked.settings);
  if (difference !== null)
    throw unusable(`${output} was made with other settings (${difference}): ${elsewhere}`);
  if (there.input !== asked.input) {
    throw unusable(
      `${output} holds the crops of ${there.input}, not of ${asked.input}: choose another output folder.`,
    );
  }
};

/** Refuses an output folder that holds other work. @throws a failure that names what differs */
export const checkManifest = async (layout: Layout, asked: Work): Promise<void> => {
  check(await read(layout.manifest, Manifest), asked, layout.folder);
  check(await read(layout.plan, Plan), asked, layout.folder);
};

/** Whether a run began in the folder and did not end. */
export const isUnfinished = async (layout: Layout): Promise<boolean> =>
  (await read(layout.plan, Plan)) !== null;

const basis = ({ settings, input }: Work): z.infer<typeof Basis> => ({
  format: FORMAT_VERSION,
  pipeline: PIPELINE_VERSION,
  settings: canonicalSettings(settings),
  input,
});

/** The fingerprint of the plan in progress; null when there is none. */
export const plannedSha256 = async (layout: Layout): Promise<string | null> =>
  (await read(layout.plan, Plan))?.planSha256 ?? null;

/** Records what the runs in this folder work on. */
export const writePlan = async (layout: Layout, work: Work, planSha256: string): Promise<void> => {
  await writeTextDurably(layout.plan, [`${JSON.stringify({ ...basis(work), planSha256 }, null, 2)}\n`]);
};

/** Writes the manifest of a finished folder. */
export const writeManifest = async (
  layout: Layout,
  work: Work,
  boundingBoxes: string,
  totals: Totals,
): Promise<void> => {
  const manifest: z.infer<typeof Manifest> = {
    ...basis(work),
    program: { name: 'facenet-studio', version: programVersion() },
    ledger: 'ledger.jsonl',
    boundingBoxes,
    totals,
  };
  await writeTextDurably(layout.manifest, [`${JSON.stringify(manifest, null, 2)}\n`], layout.state);
};
