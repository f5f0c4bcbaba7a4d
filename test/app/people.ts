import { createHash } from 'node:crypto';
import { existsSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SHARED_FOLDER } from '../support/shared.ts';

const LFW = join(SHARED_FOLDER, 'data', 'lfw');

/** Whether Labeled Faces in the Wild is here. */
export const hasLfw = (): boolean => existsSync(LFW);

/** Copies the first identities that have so many photos, by name, with just that many each, into `lfw`; gives that folder. */
export const copyLfw = (folder: string, identities: number, photosOfEach: number): string => {
  const copied = join(folder, 'lfw');
  const names = readdirSync(LFW)
    .sort()
    .filter((name) => statSync(join(LFW, name)).isDirectory())
    .filter((name) => readdirSync(join(LFW, name)).length >= photosOfEach)
    .slice(0, identities);
  for (const name of names) {
    mkdirSync(join(copied, name), { recursive: true });
    for (const photo of readdirSync(join(LFW, name)).sort().slice(0, photosOfEach))
      copyFileSync(join(LFW, name, photo), join(copied, name, photo));
  }
  return copied;
};

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Every file below a folder: path, time, mode and content, as lines that compare. */
export const linesOfFolder = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => {
      const { mtimeMs, mode } = statSync(join(folder, name));
      return `${name} ${String(mtimeMs)} ${mode.toString(8)} ${sha256Of(readFileSync(join(folder, name)))}`;
    });
