import type { Command } from 'commander';
import { registerAlign } from './align.ts';
import type { CommandContext } from './context.ts';
import { registerDetect } from './detect.ts';
import { registerDoctor } from './doctor.ts';
import { serveCommand } from './serve/command.ts';

/** Adds one command to the program. */
export type RegisterCommand = (program: Command, context: CommandContext) => void;

const registerServe: RegisterCommand = (program) => {
  program.addCommand(serveCommand().copyInheritedSettings(program));
};

/** Every command, in the order of the help. */
export const COMMANDS: readonly RegisterCommand[] = [
  registerAlign,
  registerDetect,
  registerDoctor,
  registerServe,
];
