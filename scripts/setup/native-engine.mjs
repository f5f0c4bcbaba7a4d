import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BINDING, ensureBinding, installBinding, probeBinding } from './engine-binding.mjs';
import { ensureLibraries } from './engine-libraries.mjs';
import { cacheFolder, readManifest } from './engine-manifest.mjs';
import { readJson, sizeOf, writeJson } from './files.mjs';
import { SetupProblem } from './report.mjs';
import { run, succeeded, tellingLine } from './run.mjs';

/**
 * @typedef {{ reason: string, advice: string }} Why
 *
 * @typedef {object} EngineRecord what setup leaves for the engine, in `node_modules/.facenet-studio/native-engine.json`
 * @property {1} schema
 * @property {'installed' | 'unavailable'} outcome
 * @property {string | null} reason why it is unavailable, as a sentence
 * @property {string | null} advice what to do about that
 * @property {'cpu' | 'gpu' | null} variant which native engine was installed
 * @property {string | null} version of TensorFlow
 * @property {readonly string[]} libraryPath folders that the engine process needs in LD_LIBRARY_PATH
 * @property {Why | null} whyNoGpu why the engine for the GPU that is here was not installed
 * @property {string} manifest fingerprint of `resources/native-engine.json`
 */

const PACKAGE_SCRIPT_TIMEOUT_MS = 3 * 60_000;

/** @param {string} project */
export const recordFile = (project) => join(project, 'node_modules', '.facenet-studio', 'native-engine.json');

/** @param {string} project */
const packageFolderOf = (project) => join(project, 'node_modules', '@tensorflow', 'tfjs-node-gpu');

const isLinuxX64 = () => process.platform === 'linux' && process.arch === 'x64';

/** glibc is what the wheels are built for; musl systems name none. */
const hasGlibc = () => {
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header?.glibcVersionRuntime !== undefined;
};

const hasNvidia = async () =>
  existsSync('/proc/driver/nvidia/version') ||
  succeeded(await run('nvidia-smi', ['-L'], { timeoutMs: 20_000 }));

/**
 * The record of the last setup, when what it installed still stands.
 * @param {string} project
 * @param {string} fingerprint
 * @param {import('./engine-manifest.mjs').EngineManifest} manifest
 * @returns {Promise<EngineRecord | null>}
 */
const standingRecord = async (project, fingerprint, manifest) => {
  const record = /** @type {EngineRecord | null} */ (await readJson(recordFile(project)));
  if (record?.schema !== 1 || record.manifest !== fingerprint) return null;
  if (record.outcome === 'unavailable' || record.variant === null) return record;
  const folder = packageFolderOf(project);
  if (!existsSync(join(folder, BINDING))) return null;
  if (!isLinuxX64()) return record;
  for (const [name, { bytes }] of Object.entries(manifest.variants[record.variant].libraries)) {
    if ((await sizeOf(join(folder, 'deps', 'lib', name))) !== bytes) return null;
  }
  return record.libraryPath.every((path) => existsSync(path)) ? record : null;
};

/**
 * @typedef {{ project: string, cache: string, fingerprint: string, manifest: import('./engine-manifest.mjs').EngineManifest,
 *   report: import('./report.mjs').Report }} Setting
 */

/**
 * Installs one variant from the wheels.
 * @param {Setting} setting
 * @param {import('./engine-manifest.mjs').VariantName} variantName
 * @param {Why | null} whyNoGpu
 * @returns {Promise<EngineRecord>}
 * @throws {SetupProblem}
 */
const installVariant = async (setting, variantName, whyNoGpu) => {
  const { project, cache, fingerprint, manifest, report } = setting;
  const folder = packageFolderOf(project);
  const step = report.step('Native engine');
  try {
    const libraries = await ensureLibraries({ cache, manifest, variantName, fingerprint, step });
    const described = /** @type {{ version: string }} */ (await readJson(join(folder, 'package.json')));
    const binding = await ensureBinding(libraries, folder, described.version, step);
    await installBinding(libraries, binding, folder);
    step.progress('trying it');
    const libraryPath = variantName === 'gpu' ? [join(libraries, 'cuda')] : [];
    const probe = await probeBinding(folder, libraryPath.join(':')).catch(
      async (/** @type {unknown} */ error) => {
        // What does not load is not kept: it is compiled anew next time.
        await rm(binding, { force: true });
        throw error;
      },
    );
    if (variantName === 'gpu' && !probe.gpu) {
      throw new SetupProblem(
        'TensorFlow was installed for the NVIDIA GPU but does not see it.',
        'Look whether "nvidia-smi" works and the driver is 525 or newer.',
      );
    }
    step.done(`${manifest.variants[variantName].title} ${probe.version}`);
    return {
      schema: 1,
      outcome: 'installed',
      reason: null,
      advice: null,
      variant: variantName,
      version: probe.version,
      libraryPath,
      whyNoGpu,
      manifest: fingerprint,
    };
  } catch (error) {
    step.gaveUp();
    throw error;
  }
};

/**
 * Windows and macOS: the package's own script fetches its own binary, with a bound on the wait.
 * @param {Setting} setting
 * @returns {Promise<EngineRecord>}
 * @throws {SetupProblem}
 */
const installByPackage = async ({ project, fingerprint, report }) => {
  const folder = packageFolderOf(project);
  const step = report.step('Native engine');
  try {
    const bin = join(project, 'node_modules', '.bin');
    const path = `${bin}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH'] ?? ''}`;
    const result = await run(process.execPath, ['scripts/install.js', 'gpu', 'download'], {
      cwd: folder,
      environment: { PATH: path },
      timeoutMs: PACKAGE_SCRIPT_TIMEOUT_MS,
    });
    if (!succeeded(result)) {
      const why = result.outcome === 'timed-out' ? 'it took longer than 3 minutes' : tellingLine(result);
      throw new SetupProblem(
        `The native engine for this system could not be installed: ${why}.`,
        'Check the connection, then start again.',
      );
    }
    const probe = await probeBinding(folder, '');
    step.done(`TensorFlow ${probe.version}`);
    const whyNoGpu = null;
    return {
      schema: 1,
      outcome: 'installed',
      reason: null,
      advice: null,
      variant: 'cpu',
      version: probe.version,
      libraryPath: [],
      whyNoGpu,
      manifest: fingerprint,
    };
  } catch (error) {
    step.gaveUp();
    throw error;
  }
};

/**
 * @param {Setting} setting
 * @returns {Promise<EngineRecord>}
 * @throws {SetupProblem}
 */
const install = async (setting) => {
  if (process.platform === 'win32' || process.platform === 'darwin') return installByPackage(setting);
  if (!isLinuxX64() || !hasGlibc()) {
    throw new SetupProblem(
      `There is no native engine for this system (${process.platform}-${process.arch}${hasGlibc() ? '' : ' without glibc'}).`,
      'Nothing to do: the embedded engine works here.',
    );
  }
  if (!(await hasNvidia())) return installVariant(setting, 'cpu', null);
  try {
    return await installVariant(setting, 'gpu', null);
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error;
    setting.report.note(`${error.message} The processor is used instead.`);
    return installVariant(setting, 'cpu', { reason: error.message, advice: error.advice });
  }
};

/**
 * True when the native engine is installed, or was tried and is not to be tried again.
 * @param {string} project
 * @param {boolean} retry
 */
export const nativeEngineIsSettled = async (project, retry) => {
  const { manifest, sha256 } = await readManifest(project);
  const standing = await standingRecord(project, sha256, manifest);
  return standing !== null && (standing.outcome === 'installed' || !retry);
};

/**
 * Installs the native engine, or says in one sentence why the embedded one (WebAssembly) is used; never throws for that.
 * The outcome is recorded for the engine, which tells it as the reason why nothing better runs.
 * @param {string} project
 * @param {import('./report.mjs').Report} report
 * @param {{ retry: boolean, cache?: string }} options `retry`: try again what could not be had the last time
 * @returns {Promise<boolean>} whether anything was done
 */
export const ensureNativeEngine = async (project, report, options) => {
  const { manifest, sha256: fingerprint } = await readManifest(project);
  if (await nativeEngineIsSettled(project, options.retry)) return false;
  const setting = { project, report, manifest, fingerprint, cache: options.cache ?? cacheFolder() };
  /** @type {EngineRecord} */
  let record;
  try {
    record = await install(setting);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = error instanceof SetupProblem ? error.advice : 'Run "npm run setup" to try again.';
    report.note(`${reason} The embedded engine (WebAssembly) is used instead.`);
    record = {
      schema: 1,
      outcome: 'unavailable',
      reason,
      advice,
      variant: null,
      version: null,
      libraryPath: [],
      whyNoGpu: null,
      manifest: fingerprint,
    };
  }
  await writeJson(recordFile(project), record);
  return true;
};
