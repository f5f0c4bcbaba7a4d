import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout. */
export const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
