import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { printable } from '../words.ts';

/** What every command about a workspace may be told. */
export type OutputOptions = { readonly json: boolean };

/** Adds `--json`. */
export const addOutputOptions = (command: Command): Command =>
  command.option('--json', 'write one JSON document to stdout instead of text', false);

/** Writes a result: as a document, or as the lines that `text` makes of it. */
export const write = <Result>(
  terminal: Terminal,
  options: OutputOptions,
  result: Result,
  text: (result: Result) => readonly string[],
): void => {
  terminal.out(
    options.json
      ? `${JSON.stringify(result)}\n`
      : text(result)
          // Tabs part columns.
          .map((line) => `${line.split('\t').map(printable).join('\t')}\n`)
          .join(''),
  );
};
