import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { PROJECT_FOLDER } from './entry.ts';

const Why = z.object({ reason: z.string(), advice: z.string() });

/** What setup left about the native engine; `scripts/setup/native-engine.mjs` writes it. */
const EngineRecord = z.object({
  schema: z.literal(1),
  outcome: z.enum(['installed', 'unavailable']),
  /** Why it is unavailable and what to do about that; null when it was installed. */
  reason: z.string().nullable(),
  advice: z.string().nullable(),
  /** Folders that the engine process needs in LD_LIBRARY_PATH: CUDA's libraries, where the engine for a GPU was installed. */
  libraryPath: z.array(z.string()),
  /** Why the engine for the GPU that is here was not installed. */
  whyNoGpu: Why.nullable(),
});
export type EngineRecord = z.infer<typeof EngineRecord>;

/** The record of the last setup; null when there is none, or none that this version understands. */
export const readEngineRecord = (
  file: string = join(PROJECT_FOLDER, 'node_modules', '.facenet-studio', 'native-engine.json'),
): EngineRecord | null => {
  try {
    return EngineRecord.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
};

/** What an engine process needs in its environment so that its libraries find each other. */
export const engineEnvironment = (
  record: Pick<EngineRecord, 'libraryPath'> | null,
  inherited: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> => {
  if (record === null || record.libraryPath.length === 0) return {};
  const before = inherited['LD_LIBRARY_PATH'];
  const folders = [...record.libraryPath, ...(before === undefined || before === '' ? [] : [before])];
  return { LD_LIBRARY_PATH: folders.join(':') };
};
