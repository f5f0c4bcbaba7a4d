/** The command line of `command-line.ts`, unless the folder that its arguments begin with is there: an export is made once. */
import { existsSync } from 'node:fs';

const [output = ''] = process.argv.splice(2, 1);
if (!existsSync(output)) await import('./command-line.ts');
