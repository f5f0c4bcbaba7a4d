import type { StudioClient } from '../contract/studio.ts';
import type { Terminal } from './terminal.ts';

/** What a command gets from the program around it. */
export type CommandContext = {
  readonly terminal: Terminal;
  readonly now: () => number;
  /** Runs work with a studio service that is started for it. */
  withStudio<Result>(work: (studio: StudioClient, lost: AbortSignal) => Promise<Result>): Promise<Result>;
  /** Calls back when the person presses Ctrl-C; gives the function that stops listening. */
  onInterrupt(listener: () => void): () => void;
  /** Sets the exit code of the program. */
  exit(code: number): void;
};
