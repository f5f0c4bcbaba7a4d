import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * SHA-256 of a file, as hexadecimal digits.
 * @param {string} file
 */
export const sha256OfFile = async (file) => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
};

/**
 * SHA-256 over the names and contents of files and of all files below folders; what is missing counts as missing.
 * @param {string} folder
 * @param {readonly string[]} names relative to `folder`
 */
export const sha256OfTree = async (folder, names) => {
  const hash = createHash('sha256');
  const add = async (/** @type {string} */ name) => {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found === null) hash.update(`${name}\0missing\0`);
    else if (found.isDirectory()) {
      for (const child of (await readdir(path)).sort()) await add(`${name}/${child}`);
    } else {
      const content = await readFile(path);
      hash.update(`${name}\0${String(content.length)}\0`).update(content);
    }
  };
  for (const name of names) await add(name);
  return hash.digest('hex');
};

/**
 * The parsed content of a JSON file; null when there is none or it is damaged.
 * @param {string} file
 * @returns {Promise<unknown>}
 */
export const readJson = async (file) => {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
};

/**
 * Writes a JSON file whole or not at all.
 * @param {string} file
 * @param {unknown} value
 */
export const writeJson = async (file, value) => {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${String(process.pid)}.tmp`;
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`);
  await rename(temporary, file);
};

/**
 * Size of a file in bytes; null when it is missing.
 * @param {string} file
 */
export const sizeOf = async (file) => {
  const found = await stat(file).catch(() => null);
  return found?.size ?? null;
};
