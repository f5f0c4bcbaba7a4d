import { implement } from '@orpc/server';
import { pairsContract } from '../../contract/pairs.ts';
import { streamWork } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { generateList } from './generate.ts';
import { overlapOf } from './overlap.ts';

/** Implements lists of pairs, and what spoils them. */
export const createPairsRouter = (studio: Studio) => {
  const os = implement(pairsContract);
  const { now } = studio;
  return {
    generate: os.generate.handler(async function* ({ input, signal }) {
      yield* streamWork(now, (hooks) => generateList(studio, input, hooks), signal);
    }),
    overlap: os.overlap.handler(async function* ({ input, signal }) {
      yield* streamWork(now, (hooks) => overlapOf(studio, input, hooks), signal);
    }),
  };
};
