/** The command line: a client of the studio service that it starts. */
import { runProgram } from './program.ts';

await runProgram();
