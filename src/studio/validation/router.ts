import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { implement } from '@orpc/server';
import {
  validationContract,
  type ValidationReport,
  type ValidationRequest,
} from '../../contract/validation.ts';
import { unusable } from '../failure.ts';
import { streamWork, type WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { streamInWorkspace } from '../workspace/stream.ts';
import { embedFolder } from './embed-folder.ts';
import { embedFacesOf } from './embed-workspace.ts';
import { readPairs } from './read-pairs.ts';
import { readStoredVectors } from './stored-vectors.ts';
import { validatePairs } from './validate.ts';

const isWorkspace = (folder: string): boolean => existsSync(join(folder, 'catalogue.sqlite'));

const validateFolder = async (
  studio: Studio,
  request: ValidationRequest,
  hooks: WorkHooks,
): Promise<ValidationReport> => {
  const { vectors, folder, pairs } = request;
  const list = await readPairs(resolve(pairs));
  if (vectors.kind === 'file')
    return validatePairs(list, await readStoredVectors(resolve(vectors.file)), request);
  if (folder === null) throw unusable('Name the folder of the pictures that the pairs name.');
  return validatePairs(list, await embedFolder(studio, list, request, folder, vectors, hooks), request);
};

/** Implements validation. */
export const createValidationRouter = (studio: Studio) => {
  const os = implement(validationContract);
  const { now, workspaces } = studio;
  return {
    run: os.run.handler(async function* ({ input, signal }) {
      const { folder, vectors, pairs } = input;
      if (folder === null || vectors.kind === 'file' || !isWorkspace(resolve(folder))) {
        yield* streamWork(now, (hooks) => validateFolder(studio, input, hooks), signal);
        return;
      }
      const list = await readPairs(resolve(pairs));
      yield* await workspaces.use(resolve(folder), 'write', (workspace) =>
        streamInWorkspace(
          workspace,
          now,
          async (hooks) =>
            validatePairs(list, await embedFacesOf(workspace, studio, input, vectors, hooks), input),
          signal,
        ),
      );
    }),
  };
};
