import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfFile, sizeOf } from './files.mjs';
import { SetupProblem } from './report.mjs';
import { downloadWheel, findPip, unpackWheel } from './wheel.mjs';

/** Where the members of the first wheel go: the layout that the binding's build expects. */
const INCLUDE_PREFIX = 'tensorflow/include/';
const LIBRARY_PREFIX = 'tensorflow/';
/** The names under which the binding and TensorFlow itself look for each library. */
const OTHER_NAMES = {
  'libtensorflow_cc.so.2': ['libtensorflow.so', 'libtensorflow.so.2'],
  'libtensorflow_framework.so.2': ['libtensorflow_framework.so'],
};
/** A download that another process still works on is left alone; one whose process is gone is swept away. */
const PARTIAL = /^\.partial-(\d+)$/;

/**
 * @param {number} pid
 * @returns {boolean} whether such a process runs
 */
export const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const sweep = async (/** @type {string} */ folder) => {
  for (const name of await readdir(folder)) {
    const pid = PARTIAL.exec(name)?.[1];
    if (pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
};

/**
 * True when every library and header is there, has its size and, if asked, its pinned content.
 * @param {string} folder with `lib` and `include`
 * @param {import('./engine-manifest.mjs').EngineManifest} manifest
 * @param {import('./engine-manifest.mjs').Variant} variant
 * @param {boolean} byContent
 */
const librariesAreRight = async (folder, manifest, variant, byContent) => {
  for (const [name, { bytes, sha256 }] of Object.entries(variant.libraries)) {
    const file = join(folder, 'lib', name);
    if ((await sizeOf(file)) !== bytes) return false;
    if (byContent && (await sha256OfFile(file)) !== sha256) return false;
  }
  return Object.keys(manifest.headers).every((name) => existsSync(join(folder, 'include', name)));
};

/**
 * Fetches, checks and unpacks the wheels of a variant into the cache, unless it is there already.
 * @param {{ cache: string, manifest: import('./engine-manifest.mjs').EngineManifest,
 *   variantName: import('./engine-manifest.mjs').VariantName, fingerprint: string, step: import('./report.mjs').Step }} options
 * @returns {Promise<string>} a folder with `lib` and `include`, whose content is the pinned one
 * @throws {SetupProblem}
 */
export const ensureLibraries = async ({ cache, manifest, variantName, fingerprint, step }) => {
  const variant = manifest.variants[variantName];
  const shelf = join(cache, 'native');
  const folder = join(shelf, `${manifest.version}-${variantName}-${fingerprint.slice(0, 12)}`);
  step.progress('checking');
  if (await librariesAreRight(folder, manifest, variant, true)) return folder;
  await mkdir(shelf, { recursive: true });
  await sweep(shelf);
  const pip = await findPip();
  const partial = join(shelf, `.partial-${String(process.pid)}`);
  try {
    for (const [index, wheel] of variant.wheels.entries()) {
      step.progress(`fetching ${variant.title} (${String(variant.megabytes)} MB)`);
      const file = await downloadWheel(pip, wheel, {
        folder: join(partial, 'wheels'),
        python: manifest.python,
        platforms: manifest.platforms,
      });
      step.progress(`unpacking ${wheel.package}`);
      const target =
        index === 0 ? tensorflowTarget(partial, manifest, variant) : sharedLibraryTarget(partial);
      const hashes = await unpackWheel(file, target);
      if (index === 0) refuseOtherContent(hashes, manifest, variant);
      await rm(file);
    }
    await rm(join(partial, 'wheels'), { recursive: true });
    await addOtherNames(join(partial, 'lib'));
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
};

/**
 * @param {string} partial
 * @param {import('./engine-manifest.mjs').EngineManifest} manifest
 * @param {import('./engine-manifest.mjs').Variant} variant
 * @returns {(name: string) => string | null}
 */
const tensorflowTarget = (partial, manifest, variant) => (name) => {
  const header = name.startsWith(INCLUDE_PREFIX) ? name.slice(INCLUDE_PREFIX.length) : null;
  if (header !== null) return header in manifest.headers ? join(partial, 'include', header) : null;
  const library = name.slice(LIBRARY_PREFIX.length);
  return name === LIBRARY_PREFIX + library && library in variant.libraries
    ? join(partial, 'lib', library)
    : null;
};

/** NVIDIA's wheels hold their libraries as `nvidia/<part>/lib/<name>.so.<n>`. */
const sharedLibraryTarget = (/** @type {string} */ partial) => (/** @type {string} */ name) => {
  const library = /^nvidia\/\w+\/lib\/([\w.+-]+\.so[\w.]*)$/.exec(name)?.[1];
  return library === undefined ? null : join(partial, 'cuda', library);
};

/**
 * @param {Map<string, string>} hashes by member of the wheel
 * @param {import('./engine-manifest.mjs').EngineManifest} manifest
 * @param {import('./engine-manifest.mjs').Variant} variant
 * @throws {SetupProblem} naming the first member that is missing or differs
 */
export const refuseOtherContent = (hashes, manifest, variant) => {
  const wanted = [
    ...Object.entries(variant.libraries).map(([name, { sha256 }]) => [LIBRARY_PREFIX + name, sha256]),
    ...Object.entries(manifest.headers).map(([name, sha256]) => [INCLUDE_PREFIX + name, sha256]),
  ];
  for (const [name, sha256] of wanted) {
    if (name === undefined || hashes.get(name) === sha256) continue;
    throw new SetupProblem(
      `${name} of TensorFlow ${manifest.version} is not the file that was tested, so it was refused.`,
      'Start again; if it happens twice, look where the package index of this machine takes it from.',
    );
  }
};

const addOtherNames = async (/** @type {string} */ folder) => {
  for (const [name, others] of Object.entries(OTHER_NAMES)) {
    for (const other of others) await symlink(name, join(folder, other));
  }
};

/**
 * Puts a file somewhere without copying its bytes where the file system allows it.
 * @param {string} from
 * @param {string} to
 */
export const place = async (from, to) => {
  await rm(to, { force: true });
  await link(from, to)
    .catch(() => symlink(from, to))
    .catch(() => copyFile(from, to));
};

/**
 * Links the libraries of the cache into a fresh `deps` folder and swaps it in.
 * @param {string} libraries folder with `lib`
 * @param {string} packageFolder of `@tensorflow/tfjs-node-gpu`
 */
export const linkLibraries = async (libraries, packageFolder) => {
  const fresh = join(packageFolder, `deps.new-${String(process.pid)}`);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(join(fresh, 'lib'), { recursive: true });
  for (const name of Object.keys(OTHER_NAMES)) {
    await place(join(libraries, 'lib', name), join(fresh, 'lib', name));
  }
  await addOtherNames(join(fresh, 'lib'));
  const deps = join(packageFolder, 'deps');
  await rm(deps, { recursive: true, force: true });
  await rename(fresh, deps);
};
