import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands.ts';
import type { CommandContext } from './context.ts';
import { EXIT, tellError } from './failure.ts';
import { normaliseArguments, UsageError } from './usage.ts';
import { printable } from './words.ts';

const HELP = `
Examples:
  facenet-studio align photos crops
  facenet-studio detect portrait.jpg --json
  facenet-studio doctor

"facenet-studio <command> --help" explains a command with its options, units and defaults.`;

/** What commander found wrong, as one sentence. */
const sentenceOf = (error: CommanderError): string => {
  const [text = ''] = error.message.replace(/^error: /, '').split('\n');
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return `${sentence.replace(/\.$/, '')}; see "facenet-studio --help".`;
};

const createProgram = (context: CommandContext): Command => {
  const program = new Command('facenet-studio')
    .description('Turns folders of face photos into clean, aligned datasets.')
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        context.terminal.out(text);
      },
      // Mistakes are told once, where the program ends.
      writeErr: () => undefined,
    })
    .addHelpText('after', HELP);
  for (const register of COMMANDS) register(program, context);
  return program;
};

const SHOWS_HELP: ReadonlySet<string> = new Set(['commander.helpDisplayed', 'commander.version']);

/**
 * Runs the command line. Sets the exit code through the context; mistakes and failures are one sentence on stderr, and with `--json`
 * also the one document on stdout.
 */
export const main = async (given: readonly string[], context: CommandContext): Promise<void> => {
  const isJson = given.includes('--json');
  const tell = (message: string, exitCode: number): void => {
    context.terminal.error(`${printable(message)}\n`);
    if (isJson) context.terminal.out(`${JSON.stringify({ error: message })}\n`);
    context.exit(exitCode);
  };
  const program = createProgram(context);
  try {
    if (given.length === 0) throw new UsageError('No command is named; see "facenet-studio --help".');
    await program.parseAsync([...normaliseArguments(given)], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (SHOWS_HELP.has(error.code)) context.exit(EXIT.well);
      else tell(sentenceOf(error), EXIT.usage);
      return;
    }
    const { message, exitCode } = tellError(error);
    tell(message, exitCode);
  }
};
