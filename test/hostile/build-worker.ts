import { buildPrograms } from '../support/build-programs.ts';

export type BuiltWorker = { readonly entry: string; remove(): Promise<void> };

/** Builds the image process from the sources under test. */
export const buildWorker = async (): Promise<BuiltWorker> => {
  const built = await buildPrograms({ 'image-worker': 'src/node/images/worker.ts' });
  return { entry: built.program('image-worker'), remove: () => built.remove() };
};
