import { implement } from '@orpc/server';
import { studioContract } from '../../contract/studio.ts';
import { streamWork } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { clusterFolder } from './cluster-folder.ts';

/** Implements the contract of clustering. */
export const createClusteringRouter = (studio: Studio) => {
  const os = implement(studioContract);
  return {
    run: os.clustering.run.handler(async function* ({ input, signal }) {
      yield* streamWork(studio.now, (hooks) => clusterFolder(studio, input, hooks), signal);
    }),
  };
};
