import type { Command } from 'commander';
import { addOutputOptions, type OutputOptions } from '../workspace/output.ts';

/** A table of the vectors of a folder's faces. */
export type TableOptions = { readonly embeddings?: string; readonly files?: string };

/** Where the vectors of a folder's faces are. */
export type EmbeddingOptions = OutputOptions & TableOptions;

/** Adds `--embeddings` and `--files`. */
export const addTableOptions = (command: Command): Command =>
  command
    .option('--embeddings <file>', 'vectors of the faces: a .npy file with a row for each')
    .option(
      '--files <file>',
      'names the file of each row: lines, or the JSON of "embed"; left out, .json or .txt beside the vectors',
    );

/** Adds `--embeddings`, `--files` and `--json`. */
export const addEmbeddingOptions = (command: Command): Command => addOutputOptions(addTableOptions(command));
