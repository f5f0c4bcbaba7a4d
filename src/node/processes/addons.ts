import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROJECT_FOLDER } from './entry.ts';

/** The project's own native code, by the name of its file in `native/`. */
export type AddonName = 'pixels' | 'activations' | 'neighbours';

/** Loads a library that setup compiled (`scripts/setup/addons.mjs`); null where it was not built or does not load. */
export const loadAddon = (name: AddonName): unknown => {
  const require = createRequire(import.meta.url);
  try {
    return require(join(PROJECT_FOLDER, 'node_modules', '.facenet-studio', `${name}.node`));
  } catch {
    return null;
  }
};
