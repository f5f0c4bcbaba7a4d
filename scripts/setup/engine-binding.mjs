import { existsSync } from 'node:fs';
import { cp, copyFile, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SetupProblem } from './report.mjs';
import { run, succeeded, tellingLine } from './run.mjs';
import { linkLibraries } from './engine-libraries.mjs';

/** The newest Node-API version that tfjs-node 4.22 declares; its loader picks this one on every Node from 12.22 on. */
const NODE_API = 'napi-v8';
export const BINDING = join('lib', NODE_API, 'tfjs_binding.node');
const BUILD_TIMEOUT_MS = 10 * 60_000;
const PROBE_TIMEOUT_MS = 60_000;

/**
 * A folder with this Node's own headers under `include/node`; null when node-gyp has to fetch them.
 * @param {string} [execPath]
 */
const headersOfNode = (execPath = process.execPath) =>
  [join(dirname(execPath), '..'), '/usr'].find((prefix) =>
    existsSync(join(prefix, 'include', 'node', 'node.h')),
  ) ?? null;

const NO_COMPILER =
  /not found: (make|g\+\+)|spawn make ENOENT|\b(make|g\+\+|c\+\+|cc): (No such file|not found|command not found)/i;

/**
 * The sentence for a build that failed.
 * @param {import('./run.mjs').RunResult} result
 */
export const buildProblem = (result) => {
  const { output } = result;
  if (NO_COMPILER.test(output)) {
    return new SetupProblem(
      'The native engine has to be compiled, and this machine has no C++ compiler.',
      'Install one (Debian and Ubuntu: apt install g++ make), then start again.',
    );
  }
  if (/gyp ERR! find Python|Could not find any Python/i.test(output)) {
    return new SetupProblem(
      'The native engine has to be compiled, and its build needs Python 3.',
      'Install Python 3, then start again.',
    );
  }
  if (/nodejs\.org|unofficial-builds|FetchError|getaddrinfo|ETIMEDOUT|ECONNREFUSED/i.test(output)) {
    return new SetupProblem(
      "The native engine has to be compiled, and Node's C headers are neither here nor could they be downloaded.",
      'Install them (Debian and Ubuntu: apt install libnode-dev), then start again.',
    );
  }
  return new SetupProblem(
    `The native engine could not be compiled: ${tellingLine(result, 'first')}.`,
    'Run "npm run setup" to see it again.',
  );
};

/**
 * Compiles the binding beside the libraries of the cache, unless it is there already.
 * @param {string} libraries folder with `lib` and `include`
 * @param {string} packageFolder of `@tensorflow/tfjs-node-gpu`
 * @param {string} version of that package
 * @param {import('./report.mjs').Step} step
 * @returns {Promise<string>} the compiled file
 * @throws {SetupProblem} when it cannot be compiled
 */
export const ensureBinding = async (libraries, packageFolder, version, step) => {
  const binding = join(libraries, `tfjs_binding-${version}-${NODE_API}.node`);
  if (existsSync(binding)) return binding;
  step.progress('compiling');
  const workshop = join(libraries, `.build-${String(process.pid)}`);
  try {
    await rm(workshop, { recursive: true, force: true });
    await mkdir(workshop, { recursive: true });
    for (const name of ['package.json', 'binding.gyp', 'binding']) {
      await cp(join(packageFolder, name), join(workshop, name), { recursive: true });
    }
    await symlink(join('..'), join(workshop, 'deps'));
    const modules = join(packageFolder, '..', '..');
    const program = join(modules, '@mapbox', 'node-pre-gyp', 'bin', 'node-pre-gyp');
    const headers = headersOfNode();
    const args = ['install', '--build-from-source', ...(headers === null ? [] : [`--nodedir=${headers}`])];
    const result = await run(process.execPath, [program, ...args], {
      cwd: workshop,
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    const built = join(workshop, BINDING);
    if (!succeeded(result) || !existsSync(built)) throw buildProblem(result);
    await rename(built, binding);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  return binding;
};

/**
 * Puts libraries and binding into the package, the binding last.
 * @param {string} libraries
 * @param {string} binding
 * @param {string} packageFolder
 */
export const installBinding = async (libraries, binding, packageFolder) => {
  await linkLibraries(libraries, packageFolder);
  const target = join(packageFolder, BINDING);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(binding, `${target}.new`);
  await rename(`${target}.new`, target);
};

/**
 * Loads the binding in a process of its own and asks it for TensorFlow's version.
 * @param {string} packageFolder
 * @param {string} libraryPath folders for the loader, separated as in LD_LIBRARY_PATH; may be empty
 * @returns {Promise<{ version: string, gpu: boolean }>}
 * @throws {SetupProblem} when it cannot be loaded
 */
export const probeBinding = async (packageFolder, libraryPath) => {
  const script =
    'const b = require(process.argv[1]); let gpu = false; ' +
    'if (process.argv[2] === "gpu") gpu = b.isUsingGpuDevice(); ' +
    'process.stdout.write("\\n" + JSON.stringify({ version: b.TF_Version, gpu }));';
  const mode = libraryPath === '' ? 'cpu' : 'gpu';
  const result = await run(process.execPath, ['-e', script, join(packageFolder, BINDING), mode], {
    timeoutMs: PROBE_TIMEOUT_MS,
    environment: {
      TF_CPP_MIN_LOG_LEVEL: '2',
      ...(libraryPath === '' ? {} : { LD_LIBRARY_PATH: libraryPath }),
    },
  });
  if (result.signal === 'SIGILL') {
    throw new SetupProblem(
      'This processor lacks instructions that TensorFlow needs (AVX).',
      'Nothing to do: the embedded engine works here.',
    );
  }
  const line = result.output.split('\n').find((text) => text.startsWith('{"version"'));
  if (!succeeded(result) || line === undefined) {
    throw new SetupProblem(
      `The native engine was built but does not load: ${tellingLine(result)}.`,
      'Run "npm run setup" to try again.',
    );
  }
  // Printed by the script above.
  return /** @type {{ version: string, gpu: boolean }} */ (JSON.parse(line));
};
