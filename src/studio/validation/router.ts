import { resolve } from 'node:path';
import { implement } from '@orpc/server';
import {
  validationContract,
  type ValidationReport,
  type ValidationRequest,
} from '../../contract/validation.ts';
import { findImages } from '../../core/pairs/find-images.ts';
import type { PairList } from '../../core/pairs/pair-list.ts';
import { unusable } from '../failure.ts';
import { streamWork, type WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { isWorkspaceFolder } from '../workspace/paths.ts';
import { streamInWorkspace } from '../workspace/stream.ts';
import { embedFolder } from './embed-folder.ts';
import { embedFacesOf } from './embed-workspace.ts';
import { readPairs } from './read-pairs.ts';
import { readStoredVectors } from './stored-vectors.ts';
import { validatePairs } from './validate.ts';

/** The places of the pictures that a list names. */
const placesNamed = ({ pairs }: PairList, paths: readonly string[]): readonly number[] =>
  [...findImages(pairs, paths).values()].filter((place) => typeof place === 'number');

const validateFolder = async (
  studio: Studio,
  request: ValidationRequest,
  hooks: WorkHooks,
): Promise<ValidationReport> => {
  const { vectors, folder, pairs, engine: choice, method } = request;
  const list = await readPairs(resolve(pairs));
  if (vectors.kind === 'file')
    return validatePairs(list, await readStoredVectors(resolve(vectors.file)), request);
  if (folder === null) throw unusable('Name the folder of the pictures that the pairs name.');
  const pictures = await embedFolder(
    studio,
    {
      ...{ folder, choice, asked: vectors },
      wanted: (paths) => placesNamed(list, paths),
      looksAgain: method === 'exact',
    },
    hooks,
  );
  return validatePairs(list, pictures, request);
};

/** Implements validation. */
export const createValidationRouter = (studio: Studio) => {
  const os = implement(validationContract);
  const { now, workspaces } = studio;
  return {
    run: os.run.handler(async function* ({ input, signal }) {
      const { folder, vectors, pairs } = input;
      if (folder === null || vectors.kind === 'file' || !isWorkspaceFolder(resolve(folder))) {
        yield* streamWork(now, (hooks) => validateFolder(studio, input, hooks), signal);
        return;
      }
      const list = await readPairs(resolve(pairs));
      yield* await workspaces.use(resolve(folder), 'write', (workspace) =>
        streamInWorkspace(
          workspace,
          now,
          async (hooks) =>
            validatePairs(list, await embedFacesOf(workspace, studio, input.engine, vectors, hooks), input),
          signal,
        ),
      );
    }),
  };
};
