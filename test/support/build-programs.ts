import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type SSROptions } from 'vite';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';

export type BuiltFolder = {
  readonly folder: string;
  /** Absolute path of a program that was built, by its name. */
  program(name: string): string;
  remove(): Promise<void>;
};

/**
 * Builds programs from the sources under test, so that a test never runs an older build: for each name the path of its source, relative
 * to the project. The caller removes them.
 */
export const buildPrograms = async (
  entries: Readonly<Record<string, string>>,
  ssr?: SSROptions,
): Promise<BuiltFolder> => {
  await mkdir(join(PROJECT_FOLDER, 'out'), { recursive: true });
  const folder = await mkdtemp(join(PROJECT_FOLDER, 'out', 'test-'));
  await build({
    root: PROJECT_FOLDER,
    configFile: false,
    logLevel: 'error',
    ...(ssr === undefined ? {} : { ssr }),
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20.18',
      rolldownOptions: {
        input: Object.fromEntries(
          Object.entries(entries).map(([name, entry]) => [name, join(PROJECT_FOLDER, entry)]),
        ),
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  return {
    folder,
    program: (name) => join(folder, `${name}.mjs`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
