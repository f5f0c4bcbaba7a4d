/** The command line as it is, with the studio service of the fakes. */
import { join } from 'node:path';
import { runProgram } from '../../src/cli/program.ts';

await runProgram(join(import.meta.dirname, 'fake-studio.mjs'));
