import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildProblem } from '../../scripts/setup/engine-binding.mjs';
import { ensureLibraries, linkLibraries } from '../../scripts/setup/engine-libraries.mjs';
import type { EngineManifest } from '../../scripts/setup/engine-manifest.mjs';
import { ensureNativeEngine, recordFile } from '../../scripts/setup/native-engine.mjs';
import { findPip } from '../../scripts/setup/wheel.mjs';
import { sha256, zip } from './tiny-wheel.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const isLinuxX64 = process.platform === 'linux' && process.arch === 'x64';
const step = { progress: () => undefined, done: () => undefined, gaveUp: () => undefined };

const MEMBERS = {
  'tensorflow/libtensorflow_cc.so.2': 'the library',
  'tensorflow/libtensorflow_framework.so.2': 'its framework',
  'tensorflow/include/tensorflow/c/c_api.h': '#pragma once',
  'tensorflow/include/tensorflow/c/other.h': 'not needed',
  'tensorflow/python/lots.py': 'not needed either',
};
const WHEEL = zip(MEMBERS);

const manifest: EngineManifest = {
  version: '1.0',
  python: '3.12',
  platforms: ['any'],
  headers: { 'tensorflow/c/c_api.h': sha256('#pragma once') },
  variants: {
    cpu: {
      title: 'TensorFlow on CPU',
      megabytes: 1,
      wheels: [{ package: 'tensorflow-cpu', version: '1.0', sha256: sha256(WHEEL) }],
      libraries: {
        'libtensorflow_cc.so.2': { bytes: 11, sha256: sha256('the library') },
        'libtensorflow_framework.so.2': { bytes: 13, sha256: sha256('its framework') },
      },
    },
    gpu: { title: 'TensorFlow on GPU', megabytes: 1, wheels: [], libraries: {} },
  },
};

let folder: string;
let cache: string;
const options = () => ({ cache, manifest, variantName: 'cpu' as const, fingerprint: 'f'.repeat(64), step });

/** Puts a `python3` first on the path whose pip hands out this file, or fails with this line. */
const installPip = (answer: Uint8Array | string): void => {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const file = join(folder, 'handed-out.whl');
  writeFileSync(file, answer);
  const download =
    typeof answer === 'string'
      ? `echo "${answer}" >&2; exit 1`
      : `while [ "$1" != "-d" ]; do shift; done; /bin/cp "${file}" "$2/tensorflow_cpu-1.0.whl"`;
  writeFileSync(
    join(bin, 'python3'),
    `#!/bin/sh\ncase "$*" in *--version*) exit 0;; esac\necho run >> "${join(folder, 'downloads')}"\n${download}\n`,
  );
  chmodSync(join(bin, 'python3'), 0o755);
  vi.stubEnv('PATH', bin);
};
const downloads = (): number =>
  existsSync(join(folder, 'downloads'))
    ? readFileSync(join(folder, 'downloads'), 'utf8').trim().split('\n').length
    : 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facenet-studio-'));
  cache = join(folder, 'cache');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe.skipIf(process.platform === 'win32')('the native engine', () => {
  it('is fetched once, checked, and unpacked to what its build needs', async () => {
    installPip(WHEEL);
    const libraries = await ensureLibraries(options());
    expect(readFileSync(join(libraries, 'lib', 'libtensorflow.so'), 'utf8')).toBe('the library');
    expect(readdirSync(join(libraries, 'include', 'tensorflow', 'c'))).toEqual(['c_api.h']);
    expect(await ensureLibraries(options())).toBe(libraries);
    expect(downloads()).toBe(1);
  });

  it('is refused in one sentence when the wheel is another file, and nothing of it stays', async () => {
    installPip(zip({ ...MEMBERS, 'tensorflow/python/lots.py': 'one byte more' }));
    await expect(ensureLibraries(options())).rejects.toThrow(
      /^tensorflow-cpu 1\.0 is not the file that was tested.*refused\.$/,
    );
    expect(readdirSync(join(cache, 'native'))).toEqual([]);
  });

  it('is refused when a library in the pinned wheel is not the pinned one', async () => {
    installPip(WHEEL);
    const { cpu } = manifest.variants;
    const libraries = { ...cpu.libraries, 'libtensorflow_cc.so.2': { bytes: 11, sha256: sha256('another') } };
    const other = { ...manifest, variants: { ...manifest.variants, cpu: { ...cpu, libraries } } };
    await expect(ensureLibraries({ ...options(), manifest: other })).rejects.toThrow('libtensorflow_cc.so.2');
    expect(readdirSync(join(cache, 'native'))).toEqual([]);
  });

  it('is repaired after an interrupted install and after a damaged file', async () => {
    const GONE_PID = 4_194_305;
    mkdirSync(join(cache, 'native', `.partial-${String(GONE_PID)}`), { recursive: true });
    installPip(WHEEL);
    const libraries = await ensureLibraries(options());
    expect(readdirSync(join(cache, 'native'))).toHaveLength(1);
    writeFileSync(join(libraries, 'lib', 'libtensorflow_cc.so.2'), 'the l1brary');
    await ensureLibraries(options());
    expect(readFileSync(join(libraries, 'lib', 'libtensorflow_cc.so.2'), 'utf8')).toBe('the library');
    expect(downloads()).toBe(2);
  });

  it('is linked into the package, not copied', async () => {
    installPip(WHEEL);
    const libraries = await ensureLibraries(options());
    const target = join(folder, 'package');
    mkdirSync(join(target, 'deps', 'lib'), { recursive: true });
    writeFileSync(join(target, 'deps', 'lib', 'left over'), '');
    await linkLibraries(libraries, target);
    const linked = join(target, 'deps', 'lib', 'libtensorflow_cc.so.2');
    expect(statSync(linked).ino).toBe(statSync(join(libraries, 'lib', 'libtensorflow_cc.so.2')).ino);
    expect(readdirSync(target)).toEqual(['deps']);
    expect(existsSync(join(target, 'deps', 'lib', 'left over'))).toBe(false);
  });

  it('tells in one sentence when the download failed', async () => {
    installPip('ERROR: No matching distribution found for tensorflow-cpu==1.0');
    await expect(ensureLibraries(options())).rejects.toThrow(
      'tensorflow-cpu 1.0 could not be downloaded: No matching distribution found for tensorflow-cpu==1.0.',
    );
  });

  it.skipIf(!isLinuxX64)(
    'gives way to the embedded one where there is no pip, with reason and advice for the engine',
    async () => {
      vi.stubEnv('PATH', join(folder, 'empty'));
      const project = join(folder, 'project');
      mkdirSync(join(project, 'resources'), { recursive: true });
      writeFileSync(
        join(project, 'resources', 'native-engine.json'),
        readFileSync(join(PROJECT, 'resources', 'native-engine.json')),
      );
      const notes: string[] = [];
      const report = { step: () => step, note: (sentence: string) => notes.push(sentence) };
      expect(await ensureNativeEngine(project, report, { retry: true, cache })).toBe(true);
      expect(notes.at(-1)).toMatch(
        /fetched with pip, and this machine has none\. The embedded engine \(WebAssembly\) is used instead\.$/,
      );
      const record: unknown = JSON.parse(readFileSync(recordFile(project), 'utf8'));
      expect(record).toMatchObject({ schema: 1, outcome: 'unavailable', variant: null });
      expect(record).toMatchObject({ advice: expect.stringContaining('python3-pip') as unknown });
      // A command does not try again, a start does.
      expect(await ensureNativeEngine(project, report, { retry: false, cache })).toBe(false);
      expect(await ensureNativeEngine(project, report, { retry: true, cache })).toBe(true);
    },
  );

  it('is looked for with every name of pip', async () => {
    await expect(findPip([['no-such-python', '-m', 'pip'], ['no-such-pip']])).rejects.toThrow(
      'this machine has none',
    );
    expect(await findPip([['no-such-pip'], [process.execPath]])).toEqual([process.execPath]);
  });
});

describe('a build of the binding that failed', () => {
  const failed = (output: string) => buildProblem({ outcome: 'ended', code: 1, signal: null, output });

  it.each([
    ['gyp ERR! stack Error: not found: make', 'no C++ compiler'],
    ['make: g++: No such file or directory', 'no C++ compiler'],
    ['gyp ERR! find Python Could not find any Python installation to use', 'needs Python 3'],
    [
      'gyp http GET https://nodejs.org/download/x\ngyp ERR! stack FetchError: getaddrinfo ENOTFOUND',
      "Node's C headers",
    ],
    [
      'gyp info find Python using 3.11\nx.cc:1: error: unknown type\ngyp ERR! build error',
      'x.cc:1: error: unknown type.',
    ],
  ])('after %j is told as %j', (output, sentence) => {
    expect(failed(output).message).toContain(sentence);
  });
});

describe('the manifest', () => {
  it('pins every file by SHA-256', () => {
    const pinned = JSON.parse(
      readFileSync(join(PROJECT, 'resources', 'native-engine.json'), 'utf8'),
    ) as EngineManifest;
    const hashes = [
      ...Object.values(pinned.headers),
      ...Object.values(pinned.variants).flatMap((variant) => [
        ...variant.wheels.map((wheel) => wheel.sha256),
        ...Object.values(variant.libraries).map((library) => library.sha256),
      ]),
    ];
    expect(hashes.length).toBeGreaterThan(20);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
