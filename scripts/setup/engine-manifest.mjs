import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {'cpu' | 'gpu'} VariantName
 * @typedef {object} Variant which wheels to fetch and what must be in them
 * @property {string} title
 * @property {number} megabytes of the download
 * @property {readonly import('./wheel.mjs').Wheel[]} wheels the first holds the libraries and headers
 * @property {Readonly<Record<string, { bytes: number, sha256: string }>>} libraries
 *
 * @typedef {object} EngineManifest `resources/native-engine.json`
 * @property {string} version
 * @property {string} python
 * @property {readonly string[]} platforms
 * @property {Readonly<Record<string, string>>} headers SHA-256 by path below the wheel's include folder
 * @property {Readonly<Record<VariantName, Variant>>} variants
 */

/**
 * @param {string} project
 * @returns {Promise<{ manifest: EngineManifest, sha256: string }>} and the fingerprint of the manifest itself
 */
export const readManifest = async (project) => {
  const content = await readFile(join(project, 'resources', 'native-engine.json'), 'utf8');
  return {
    // The project's own file, covered by its tests.
    manifest: /** @type {EngineManifest} */ (JSON.parse(content)),
    sha256: createHash('sha256').update(content).digest('hex'),
  };
};

/**
 * The user's cache for things that several checkouts share.
 * @param {Record<string, string | undefined>} [environment]
 */
export const cacheFolder = (environment = process.env) => {
  const named = environment['XDG_CACHE_HOME'];
  if (named !== undefined && named !== '') return join(named, 'facenet-studio');
  if (process.platform === 'win32') {
    return join(
      environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'),
      'facenet-studio',
      'cache',
    );
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'facenet-studio');
  return join(homedir(), '.cache', 'facenet-studio');
};
