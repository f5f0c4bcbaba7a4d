import type { Command } from 'commander';
import type { CompareReport, EmbedReport } from '../contract/embedding.ts';
import { addCommonOptions, type CommonOptions } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { counted, duration, grouped, printable } from './words.ts';

/** Options of every command that makes vectors. */
export type VectorOptions = CommonOptions & { readonly model?: string; readonly flip: boolean };

/** Files without a vector that are named. */
const MOST_NAMED = 20;

/** Adds those options. */
export const addVectorOptions = (command: Command): Command =>
  addCommonOptions(
    command
      .option(
        '--model <id>',
        'which model makes the vectors; "facenet-studio models" lists them (default: the one of the program)',
      )
      .option(
        '--flip',
        'follow each vector with that of the mirrored crop, as facenet does with --use_flipped_images',
        false,
      ),
  );

/** What every report tells of files without a vector and of crops that were not used, as lines. */
export const notesOf = ({
  noFace,
  failed,
  remade,
}: Pick<EmbedReport, 'noFace' | 'failed' | 'remade'>): readonly string[] => [
  ...remade.map(({ files, why }) => `${counted(files, 'crop', 'crops')}: ${why}`),
  ...(noFace.length === 0 ? [] : [`${counted(noFace.length, 'picture', 'pictures')} without a face:`]),
  ...noFace.slice(0, MOST_NAMED).map((file) => `  ${file}`),
  ...(noFace.length > MOST_NAMED ? [`  and ${grouped(noFace.length - MOST_NAMED)} more`] : []),
  ...(failed.length === 0 ? [] : [`${counted(failed.length, 'picture', 'pictures')} could not be embedded:`]),
  ...failed.slice(0, MOST_NAMED).map(({ file, reason }) => `  ${file}: ${reason.message}`),
  ...(failed.length > MOST_NAMED ? [`  and ${grouped(failed.length - MOST_NAMED)} more`] : []),
];

/** How fast it was, and on what. */
export const speedOf = ({
  seconds,
  imagesPerSecond,
  engine,
}: Pick<CompareReport, 'seconds' | 'imagesPerSecond' | 'engine'>): string =>
  `${duration(seconds)} (${imagesPerSecond.toFixed(1)} pictures/s) on ${engine.backend} ${engine.version}, ${engine.device}`;

/** Lines of text that name files of unknown origin. */
export const writeLines = (terminal: Terminal, lines: readonly string[]): void => {
  terminal.out(lines.map((line) => `${printable(line)}\n`).join(''));
};
