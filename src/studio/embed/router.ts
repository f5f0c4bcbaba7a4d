import { implement } from '@orpc/server';
import { embeddingContract } from '../../contract/embedding.ts';
import { streamWork } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { compare, embed } from './requests.ts';

/** Implements what the contract says of vectors outside a workspace. */
export const createEmbeddingRouter = (studio: Studio) => {
  const os = implement(embeddingContract);
  return os.router({
    embed: os.embed.handler(async function* ({ input, signal }) {
      yield* streamWork(studio.now, (hooks) => embed(studio, input, hooks), signal);
    }),
    compare: os.compare.handler(async function* ({ input, signal }) {
      yield* streamWork(studio.now, (hooks) => compare(studio, input, hooks), signal);
    }),
  });
};
