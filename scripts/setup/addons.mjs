import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, sha256OfTree, writeJson } from './files.mjs';
import { run, succeeded, tellingLine } from './run.mjs';

/**
 * The project's own native code, each file a library for Node: inner loops that TypeScript (or TensorFlow's own operations) do as well, but
 * slower. Nothing depends on it.
 *
 * @typedef {object} Addon
 * @property {string} name `native/<name>.cc`
 * @property {readonly string[]} flags
 * @property {(project: string) => boolean} isWanted
 *
 * @typedef {object} AddonsRecord what setup leaves in `node_modules/.facenet-studio/addons.json`
 * @property {string} sources
 * @property {boolean} isBuilt
 */

const tensorFlowLibraries = (/** @type {string} */ project) =>
  join(project, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'deps', 'lib');
const FRAMEWORK = 'libtensorflow_framework.so.2';

/** @type {readonly Addon[]} */
const ADDONS = [
  // No step of the arithmetic may be rounded otherwise than TypeScript does it.
  { name: 'pixels', flags: ['-ffp-contract=off'], isWanted: () => true },
  // Products of vectors may be fused; what is told of them is measured again without.
  { name: 'neighbours', flags: [], isWanted: () => true },
  {
    name: 'activations',
    flags: [
      '-Lnode_modules/@tensorflow/tfjs-node-gpu/deps/lib',
      `-l:${FRAMEWORK}`,
      '-Wl,-rpath,$ORIGIN/../@tensorflow/tfjs-node-gpu/deps/lib',
    ],
    isWanted: (project) => existsSync(join(tensorFlowLibraries(project), FRAMEWORK)),
  },
];

const COMPILE_TIMEOUT_MS = 2 * 60_000;

const isLinuxX64 = () => process.platform === 'linux' && process.arch === 'x64';

/** @param {string} project */
const folderOf = (project) => join(project, 'node_modules', '.facenet-studio');

/** @param {string} project */
const recordFile = (project) => join(folderOf(project), 'addons.json');

/** @param {string} project */
const sourcesOf = async (project) =>
  `${await sha256OfTree(project, ['native', 'scripts/setup/addons.mjs'])} ${ADDONS.map(({ isWanted }) => isWanted(project)).join(' ')}`;

/**
 * True when they are built from the sources as they are, or were tried and are not to be tried again, or cannot be had here.
 * @param {string} project
 * @param {boolean} retry
 */
export const addonsAreSettled = async (project, retry) => {
  if (!isLinuxX64()) return true;
  // Written below, by an earlier run.
  const record = /** @type {AddonsRecord | null} */ (await readJson(recordFile(project)));
  return record !== null && record.sources === (await sourcesOf(project)) && (record.isBuilt || !retry);
};

/**
 * Compiles the project's own native code, or says in one sentence why not; never throws for that.
 * @param {string} project
 * @param {import('./report.mjs').Report} report
 * @param {{ retry: boolean }} options `retry`: try again what could not be had the last time
 * @returns {Promise<boolean>} whether anything was done
 */
export const ensureAddons = async (project, report, { retry }) => {
  if (await addonsAreSettled(project, retry)) return false;
  const step = report.step('Native loops');
  const folder = folderOf(project);
  await mkdir(folder, { recursive: true });
  for (const { name, flags, isWanted } of ADDONS) {
    const target = join(folder, `${name}.node`);
    if (!isWanted(project)) {
      await rm(target, { force: true });
      continue;
    }
    const common = [
      '-O3',
      '-std=c++17',
      '-shared',
      '-fPIC',
      '-fvisibility=hidden',
      '-Wno-psabi',
      '-DNAPI_VERSION=8',
    ];
    const include = `-I${join('node_modules', 'node-api-headers', 'include')}`;
    const source = join('native', `${name}.cc`);
    const result = await run('c++', [...common, include, source, '-o', `${target}.new`, ...flags], {
      cwd: project,
      timeoutMs: COMPILE_TIMEOUT_MS,
    });
    if (!succeeded(result)) {
      step.gaveUp();
      const why =
        result.outcome === 'missing' ? 'this machine has no C++ compiler' : tellingLine(result, 'first');
      report.note(
        `The native loops could not be compiled: ${why}. Everything works without them, at about two thirds of the speed.`,
      );
      await writeJson(recordFile(project), { sources: await sourcesOf(project), isBuilt: false });
      return true;
    }
    await rename(`${target}.new`, target);
  }
  await writeJson(recordFile(project), { sources: await sourcesOf(project), isBuilt: true });
  step.done('built');
  return true;
};
