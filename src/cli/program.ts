import { main } from './main.ts';
import { EXIT } from './failure.ts';
import { withStudio } from './studio.ts';

/** Ends the program where a second Ctrl-C says that waiting for a clean end is too long. */
const onInterrupt = (listener: () => void): (() => void) => {
  let isAsked = false;
  const handle = (): void => {
    if (isAsked) process.exit(EXIT.interrupted);
    isAsked = true;
    listener();
  };
  process.on('SIGINT', handle);
  return () => process.off('SIGINT', handle);
};

/**
 * Runs this process as the command line.
 * @param studioEntry the studio service; that of the build when left out
 */
export const runProgram = async (studioEntry?: string): Promise<void> => {
  // A reader that has seen enough (`| head`) closes the pipe: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.well);
    throw error;
  });
  await main(process.argv.slice(2), {
    terminal: {
      out: (text) => process.stdout.write(text),
      error: (text) => process.stderr.write(text),
      isErrorTerminal: process.stderr.isTTY,
    },
    now: Date.now,
    withStudio: (work) => withStudio(work, studioEntry),
    onInterrupt,
    exit(code) {
      process.exitCode = code;
    },
  });
};
