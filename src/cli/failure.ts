import { ORPCError } from '@orpc/client';
import * as z from 'zod';
import { UsageError } from './usage.ts';

/** Exit codes of every command. */
export const EXIT = { well: 0, failed: 1, usage: 2, someFailed: 3, interrupted: 130 } as const;

/** A command that could not do its work: one sentence and whether it was used wrongly. */
export class CommandError extends Error {
  readonly code: 'UNUSABLE' | 'FAILED';
  constructor(code: 'UNUSABLE' | 'FAILED', message: string) {
    super(message);
    this.code = code;
  }
}

const Sentence = z.object({ message: z.string() });

/** The sentence and the exit code for an error that ended a command. */
export const tellError = (error: unknown): { readonly message: string; readonly exitCode: number } => {
  if (error instanceof UsageError) return { message: error.message, exitCode: EXIT.usage };
  if (error instanceof CommandError) {
    return { message: error.message, exitCode: error.code === 'UNUSABLE' ? EXIT.usage : EXIT.failed };
  }
  if (error instanceof ORPCError && error.defined) {
    const data: unknown = error.data;
    const sentence = Sentence.safeParse(data);
    const message = sentence.success ? sentence.data.message : error.message;
    return { message, exitCode: error.code === 'UNUSABLE' ? EXIT.usage : EXIT.failed };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message: `An unexpected error ended the command: ${message}`, exitCode: EXIT.failed };
};
