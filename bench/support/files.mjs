import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes empty files, spread evenly over folders.
 * @param {string} root
 * @param {number} folders
 * @param {number} files
 */
export const makeFiles = (root, folders, files) => {
  for (let folder = 0; folder < folders; folder += 1)
    mkdirSync(join(root, String(folder).padStart(7, '0')), { recursive: true });
  for (let file = 0; file < files; file += 1) {
    const folder = String(file % folders).padStart(7, '0');
    closeSync(openSync(join(root, folder, `${String(file)}.jpg`), 'w'));
  }
};

/** @param {readonly number[]} values */
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
