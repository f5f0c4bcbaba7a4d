import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The programs that this one starts: each is a file of the build, named here and imported nowhere. */
export type ProcessName =
  | 'studio'
  | 'engine'
  | 'trainer'
  | 'networks'
  | 'care'
  | 'verify'
  | 'neighbours'
  | 'clusters'
  | 'image-worker';

const projectFolder = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('The program lies outside its package: no package.json above it.');
    folder = parent;
  }
  return folder;
};

/** Folder of the package: `resources/`, `out/` and `node_modules/` lie in it. */
export const PROJECT_FOLDER = projectFolder();

/** Absolute path of a program of the build. @throws when the build is missing. */
export const processEntry = (name: ProcessName): string => {
  const file = join(PROJECT_FOLDER, 'out', 'main', `${name}.js`);
  if (!existsSync(file)) throw new Error(`${file} is missing. Run "npm run build".`);
  return file;
};
