import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from './setup/project.mjs';
import { run, succeeded } from './setup/run.mjs';

/** Checks that run at the same time; a type checker takes a core and some hundred megabytes each. */
const AT_ONCE = 2;

const modules = (/** @type {string} */ path) => join(PROJECT, 'node_modules', path);

const layers = (await readdir(PROJECT)).filter((name) => /^tsconfig\.(?!base)\w+\.json$/.test(name)).sort();
const checks = [
  {
    name: 'svelte-check',
    args: [
      modules('svelte-check/bin/svelte-check'),
      '--tsconfig',
      'tsconfig.renderer.json',
      '--fail-on-warnings',
      '--output',
      'human',
    ],
  },
  ...layers.map((file) => ({
    name: file,
    args: [modules('typescript/bin/tsc'), '-p', file, '--pretty', 'false'],
  })),
];

let failed = 0;
const worker = async () => {
  for (let check = checks.shift(); check !== undefined; check = checks.shift()) {
    const result = await run(process.execPath, check.args, { cwd: PROJECT });
    if (succeeded(result)) continue;
    failed += 1;
    console.error(`${check.name}:\n${result.output.trim()}\n`);
  }
};
const count = checks.length;
await Promise.all(Array.from({ length: AT_ONCE }, worker));
console.log(`Types: ${String(count - failed)} of ${String(count)} checks passed.`);
process.exitCode = failed === 0 ? 0 : 1;
