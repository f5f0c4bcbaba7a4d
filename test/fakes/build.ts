import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';

const ENTRIES = ['fake-engine', 'fake-studio', 'fake-cli'] as const;

export type BuiltFakes = { readonly cli: string; readonly studio: string; remove(): Promise<void> };

/** Builds command line and studio service from the sources under test, with the fake engine. */
export const buildFakes = async (): Promise<BuiltFakes> => {
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
          ENTRIES.map((name) => [name, join(PROJECT_FOLDER, 'test', 'fakes', `${name}.ts`)]),
        ),
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  return {
    cli: join(folder, 'fake-cli.mjs'),
    studio: join(folder, 'fake-studio.mjs'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
