import { implement } from '@orpc/server';
import { studioContract } from '../../contract/studio.ts';
import { streamWork } from '../stream-work.ts';
import { clusterFolder } from './cluster-folder.ts';

/** Implements the contract of clustering. */
export const createClusteringRouter = ({ now }: { readonly now: () => number }) => {
  const os = implement(studioContract);
  return {
    run: os.clustering.run.handler(async function* ({ input, signal }) {
      yield* streamWork(now, (hooks) => clusterFolder(input, now, hooks), signal);
    }),
  };
};
