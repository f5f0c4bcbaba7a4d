import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder with real photos and expected numbers; see its own README. It may be missing. */
export const SHARED_FOLDER = resolve(
  process.env['FACENET_STUDIO_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', 'shared'),
);

/** Absolute path of something in the shared folder, null where it is missing. */
export const sharedPath = (...parts: readonly string[]): string | null => {
  const path = join(SHARED_FOLDER, ...parts);
  return existsSync(path) ? path : null;
};

/** The path, or the end of this test: it is skipped, and the reason is printed at the end of `npm test`. */
export const needShared = (context: { skip(note?: string): never }, ...parts: readonly string[]): string =>
  sharedPath(...parts) ?? context.skip('needs the shared data');
