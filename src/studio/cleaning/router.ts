import { implement } from '@orpc/server';
import { studioContract } from '../../contract/studio.ts';
import { streamWork } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { filterFolder, measureFolder, rankFolder } from './clean-folder.ts';

/** Implements the contract of cleaning folders. */
export const createCleaningRouter = (studio: Studio) => {
  const os = implement(studioContract);
  const { now } = studio;
  return {
    rank: os.cleaning.rank.handler(async function* ({ input, signal }) {
      yield* streamWork(now, (hooks) => rankFolder(studio, input, hooks), signal);
    }),
    centreMetrics: os.cleaning.centreMetrics.handler(async function* ({ input, signal }) {
      yield* streamWork(now, (hooks) => measureFolder(studio, input.of, hooks), signal);
    }),
    centreFilter: os.cleaning.centreFilter.handler(async function* ({ input, signal }) {
      yield* streamWork(now, (hooks) => filterFolder(studio, input, hooks), signal);
    }),
  };
};
