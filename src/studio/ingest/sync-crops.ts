import { dirname } from 'node:path';
import type { FaceOutcome } from '../../contract/engine.ts';
import { syncUpTo } from '../../node/files/folders.ts';
import type { Workspace } from '../workspace/open.ts';

/** Makes the names of crops durable, before the catalogue says that they are there: a power cut must not leave it alone with that. */
export const syncCrops = async ({ paths }: Workspace, outcomes: readonly FaceOutcome[]): Promise<void> => {
  const crops = outcomes.flatMap((outcome) => (outcome.kind === 'faces' ? outcome.crops : []));
  if (crops.length > 0) await syncUpTo(paths.folder, new Set(crops.map(({ file }) => dirname(file))));
};
