import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { PROJECT } from './programs.mjs';

/**
 * Builds programs from the sources, so that what is measured is what is there. The caller removes them.
 * @param {Readonly<Record<string, string>>} entries for each name the path of its source, relative to the project
 */
export const buildPrograms = async (entries) => {
  mkdirSync(join(PROJECT, 'out'), { recursive: true });
  const folder = mkdtempSync(join(PROJECT, 'out', 'bench-'));
  await build({
    root: PROJECT,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20.18',
      rolldownOptions: {
        input: Object.fromEntries(
          Object.entries(entries).map(([name, entry]) => [name, join(PROJECT, entry)]),
        ),
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  return {
    /** @param {string} name */
    program: (name) => join(folder, `${name}.mjs`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
