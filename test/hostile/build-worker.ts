import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';

export type BuiltWorker = { readonly entry: string; remove(): Promise<void> };

/** Builds the image process from the sources under test, so that a test never runs an older build. */
export const buildWorker = async (): Promise<BuiltWorker> => {
  await mkdir(join(PROJECT_FOLDER, 'out'), { recursive: true });
  const folder = await mkdtemp(join(PROJECT_FOLDER, 'out', 'image-worker-test-'));
  await build({
    root: PROJECT_FOLDER,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'src/node/images/worker.ts',
      outDir: folder,
      emptyOutDir: false,
      target: 'node20.18',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'image-worker.mjs' } },
    },
  });
  return {
    entry: join(folder, 'image-worker.mjs'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
