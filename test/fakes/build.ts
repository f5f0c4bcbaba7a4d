import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';

const ENTRIES = ['fake-engine', 'fake-studio', 'fake-cli'] as const;

export type BuiltFakes = { readonly cli: string; readonly studio: string; remove(): Promise<void> };

/** Builds programs from the sources under test, each entry a path relative to the project, into a folder that the caller removes. */
export const buildPrograms = async (entries: Readonly<Record<string, string>>): Promise<string> => {
  await mkdir(join(PROJECT_FOLDER, 'out'), { recursive: true });
  const folder = await mkdtemp(join(PROJECT_FOLDER, 'out', 'fakes-test-'));
  await build({
    root: PROJECT_FOLDER,
    configFile: false,
    logLevel: 'error',
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
  return folder;
};

/** Builds command line and studio service from the sources under test, with the fake engine. */
export const buildFakes = async (): Promise<BuiltFakes> => {
  const folder = await buildPrograms(
    Object.fromEntries(ENTRIES.map((name) => [name, join('test', 'fakes', `${name}.ts`)])),
  );
  return {
    cli: join(folder, 'fake-cli.mjs'),
    studio: join(folder, 'fake-studio.mjs'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
