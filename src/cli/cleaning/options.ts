import type { Command } from 'commander';
import { addOutputOptions, type OutputOptions } from '../workspace/output.ts';

/** Where the vectors of a folder's faces are. */
export type EmbeddingOptions = OutputOptions & { readonly embeddings?: string; readonly files?: string };

/** Adds `--embeddings`, `--files` and `--json`. */
export const addEmbeddingOptions = (command: Command): Command =>
  addOutputOptions(
    command
      .option('--embeddings <file>', 'vectors of the faces: a .npy file with a row for each')
      .option(
        '--files <file>',
        'names the file of each row: lines, or the JSON of "embed"; left out, .json or .txt beside the vectors',
      ),
  );
