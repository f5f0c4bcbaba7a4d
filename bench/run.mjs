/** `npm run bench -- NAME [options]`: one performance figure with its peer measured in the same run; see bench/README.md. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.slice(0, -'.mjs'.length));
const [name = '', ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`There is no benchmark "${name}". Choose one of: ${names.join(', ')}.`);
  process.exit(2);
}
/** @type {{ run(args: readonly string[]): Promise<void> }} */
const benchmark = await import(join(import.meta.dirname, `${name}.mjs`));
await benchmark.run(args);
