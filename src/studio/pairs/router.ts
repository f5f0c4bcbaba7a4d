import { resolve } from 'node:path';
import { implement } from '@orpc/server';
import { pairsContract, type OverlapRequest } from '../../contract/pairs.ts';
import { streamWork } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { byModel } from '../validation/asked-model.ts';
import { readPairs } from '../validation/read-pairs.ts';
import { generateList } from './generate.ts';
import { overlapOf, type ListToJudge } from './overlap.ts';

/** Reads the list that is to be judged, by the protocol's own rules. @throws UNUSABLE */
const listOf = async ({ judged }: OverlapRequest): Promise<ListToJudge | null> =>
  judged === null
    ? null
    : {
        list: await readPairs(resolve(judged.pairs)),
        rules: { ...judged, metric: 'squared-euclidean', subtractsMean: false, missing: 'wrong' },
      };

/** Implements lists of pairs, and what spoils them. */
export const createPairsRouter = (studio: Studio) => {
  const os = implement(pairsContract);
  const { now } = studio;
  return {
    generate: os.generate.handler(async function* ({ input, signal }) {
      yield* streamWork(now, (hooks) => generateList(studio, input, hooks), signal);
    }),
    overlap: os.overlap.handler(async function* ({ input, signal }) {
      yield* streamWork(
        now,
        async (hooks) => {
          const { train, test, threshold, model, engine: choice } = input;
          const judged = await listOf(input);
          return overlapOf(studio, { train, test, threshold, asked: byModel(model), choice, judged }, hooks);
        },
        signal,
      );
    }),
  };
};
