import { resolve } from 'node:path';
import { implement } from '@orpc/server';
import {
  validationContract,
  type ValidationReport,
  type ValidationRequest,
} from '../../contract/validation.ts';
import { unusable } from '../failure.ts';
import { streamWork } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { PictureVectors } from './picture-vectors.ts';
import { readPairs } from './read-pairs.ts';
import { readStoredVectors } from './stored-vectors.ts';
import { validatePairs } from './validate.ts';

const vectorsFor = async ({ vectors }: ValidationRequest): Promise<PictureVectors> => {
  if (vectors.kind === 'file') return readStoredVectors(resolve(vectors.file));
  throw unusable('Give the embeddings of the pictures with --embeddings.');
};

/** Implements validation. */
export const createValidationRouter = ({ now }: Studio) => {
  const os = implement(validationContract);
  return {
    run: os.run.handler(async function* ({ input, signal }) {
      const work = async (): Promise<ValidationReport> =>
        validatePairs(await readPairs(resolve(input.pairs)), await vectorsFor(input), input);
      yield* streamWork(now, work, signal);
    }),
  };
};
