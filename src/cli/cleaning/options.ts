import type { Command } from 'commander';
import type { FacesOfFolder } from '../../contract/folder-faces.ts';
import { engineOf } from '../settings.ts';
import { UsageError } from '../usage.ts';
import { addVectorOptions, type VectorOptions } from '../vectors.ts';

/** A table of the vectors of a folder's faces. */
export type TableOptions = { readonly embeddings?: string; readonly files?: string };

/** Where the vectors of faces are, or how they are made. */
export type FaceOptions = TableOptions & VectorOptions;

/** Adds `--embeddings` and `--files`, and what makes vectors where there are none. */
export const addFaceOptions = (command: Command): Command =>
  addVectorOptions(
    command
      .option('--embeddings <file>', 'vectors of the faces: a .npy file with a row for each')
      .option(
        '--files <file>',
        'names the file of each row: lines, or the JSON of "embed"; left out, .json or .txt beside the vectors',
      ),
  );

/** The faces of a folder that options speak of. @throws UsageError for options that do not go together */
export const facesOf = (folder: string, options: FaceOptions): FacesOfFolder => {
  const { embeddings, files, model, flip } = options;
  if (embeddings === undefined) {
    if (files !== undefined)
      throw new UsageError('--files names the rows of --embeddings: give both, or neither.');
    return {
      kind: 'model',
      folder,
      ...(model === undefined ? {} : { model }),
      isFlipped: flip,
      engine: engineOf(options),
    };
  }
  if (model !== undefined || flip)
    throw new UsageError('--embeddings are vectors that are there already: leave --model and --flip out.');
  return { kind: 'vectors', folder, embeddings, files: files ?? null };
};

/** What a workspace's vectors are asked for by. @throws UsageError for options that a workspace does not take */
export const vectorsOfWorkspace = (workspace: string, options: FaceOptions) => {
  const misplaced = (['embeddings', 'files'] as const).find((name) => options[name] !== undefined);
  if (misplaced !== undefined)
    throw new UsageError(
      `${workspace} is a workspace, which keeps vectors of its own: leave --${misplaced} out.`,
    );
  const { model, flip } = options;
  return {
    workspace,
    ...(model === undefined ? {} : { model }),
    isFlipped: flip,
    engine: engineOf(options),
  };
};
