import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { PROJECT_FOLDER } from '../../../src/node/processes/entry.ts';

export type BuiltPrograms = {
  /** The command line in one process, with the image process that lies beside it. */
  readonly align: string;
  /** Opens a folder with the studio service of the build. */
  readonly openFolder: string;
  remove(): Promise<void>;
};

/** Builds the programs of this folder from the sources under test. Their packages come with them: that halves the time to start. */
export const buildPrograms = async (): Promise<BuiltPrograms> => {
  await mkdir(join(PROJECT_FOLDER, 'out'), { recursive: true });
  const folder = await mkdtemp(join(PROJECT_FOLDER, 'out', 'faults-test-'));
  await build({
    root: PROJECT_FOLDER,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['sharp', '@photostructure/sqlite'] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20.18',
      rolldownOptions: {
        input: {
          align: join(PROJECT_FOLDER, 'test', 'faults', 'programs', 'align.ts'),
          'open-folder': join(PROJECT_FOLDER, 'test', 'faults', 'programs', 'open-folder.ts'),
          'image-worker': join(PROJECT_FOLDER, 'src', 'node', 'images', 'worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  return {
    align: join(folder, 'align.mjs'),
    openFolder: join(folder, 'open-folder.mjs'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
