import type { Command } from 'commander';
import { registerAlign } from './align.ts';
import type { CommandContext } from './context.ts';
import { registerDetect } from './detect.ts';
import { registerDoctor } from './doctor.ts';

/** Adds one command to the program. */
export type RegisterCommand = (program: Command, context: CommandContext) => void;

/** Every command, in the order of the help. */
export const COMMANDS: readonly RegisterCommand[] = [registerAlign, registerDetect, registerDoctor];
