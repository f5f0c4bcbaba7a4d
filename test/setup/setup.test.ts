import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildIsRight } from '../../scripts/setup/build.mjs';
import { displayProblem, findElectron } from '../../scripts/setup/electron.mjs';
import { withLock } from '../../scripts/setup/lock.mjs';
import { packagesAreRight } from '../../scripts/setup/packages.mjs';
import { createReport } from '../../scripts/setup/report.mjs';

const PROJECT = join(import.meta.dirname, '..', '..');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facenet-studio-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('setup', () => {
  it('says in one sentence which Node it needs, and stops', () => {
    const script = `Object.defineProperty(process.versions, 'node', { value: '18.20.1' }); await import(${JSON.stringify(
      join(PROJECT, 'scripts', 'setup', 'node-version.mjs'),
    )});`;
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(result.status).toBe(1);
    expect(result.stderr).toBe(
      'FaceNet Studio needs Node 20.19 or newer, and this is 18.20.1: install it from https://nodejs.org.\n',
    );
  });

  it('loads without any package, so that it can fetch them', () => {
    for (const entry of ['setup.mjs', 'start.mjs', 'test.mjs', 'facenet-studio.mjs']) {
      const program = join(PROJECT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
      const args = [
        program,
        join('scripts', entry),
        '--no-config',
        '--output-type',
        'json',
        '--do-not-follow',
        'node_modules',
      ];
      const text = execFileSync(process.execPath, args, {
        cwd: PROJECT,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      type Found = {
        readonly modules: readonly {
          readonly dependencies: readonly {
            readonly module: string;
            readonly dynamic: boolean;
            readonly dependencyTypes: readonly string[];
          }[];
        }[];
      };
      const found = JSON.parse(text) as Found;
      const early = found.modules
        .flatMap(({ dependencies }) => dependencies)
        .filter(
          ({ dynamic, dependencyTypes }) =>
            !dynamic && !dependencyTypes.some((type) => type === 'core' || type === 'local'),
        );
      expect([entry, early.map(({ module }) => module)]).toEqual([entry, []]);
    }
  });

  it('installs packages anew when the lock file asks for another version, and only then', async () => {
    const lock = (version: string, extra: object = {}): string =>
      JSON.stringify({
        packages: { '': {}, 'node_modules/a': { version, integrity: `sha512-${version}` }, ...extra },
      });
    writeFileSync(
      join(folder, 'package-lock.json'),
      lock('1.0.0', { 'node_modules/for-mac': { version: '1.0.0', optional: true } }),
    );
    expect(await packagesAreRight(folder)).toBe(false);
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), lock('1.0.0'));
    expect(await packagesAreRight(folder)).toBe(true);
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), lock('0.9.0'));
    expect(await packagesAreRight(folder)).toBe(false);
  });

  it('builds anew when a source differs from what was built', async () => {
    mkdirSync(join(folder, 'out'));
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'out', 'build.json'), JSON.stringify({ sources: 'something else' }));
    expect(await buildIsRight(folder)).toBe(false);
  });

  it('lets one process work at a time, and takes over from one that is gone', async () => {
    const file = join(folder, 'setup.lock');
    const GONE_PID = '4194305';
    writeFileSync(file, GONE_PID);
    const order: string[] = [];
    const first = withLock(
      file,
      () => undefined,
      async () => {
        order.push('first begins');
        await new Promise((resolve) => setTimeout(resolve, 100));
        order.push('first ends');
      },
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([
      first,
      withLock(
        file,
        () => order.push('second waits'),
        async () => {
          order.push('second begins');
        },
      ),
    ]);
    expect(order).toEqual(['first begins', 'second waits', 'first ends', 'second begins']);
    expect(existsSync(file)).toBe(false);
  });

  it('says nothing on stdout, and without a terminal only what a log needs', () => {
    const lines: string[] = [];
    const report = createReport({ write: (text) => lines.push(text) }, () => 0);
    const step = report.step('Packages');
    step.progress('npm ci');
    step.done('installed');
    expect(lines).toEqual(['Packages …\n', 'Packages: installed, 0 s\n']);
  });
});

describe('npm start', () => {
  it('opens a browser where there is no display, and says so', () => {
    expect(displayProblem({}, 'linux')).toBe('This machine has no display');
    expect(displayProblem({ DISPLAY: ':0' }, 'linux')).toBeNull();
    expect(displayProblem({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBeNull();
    expect(displayProblem({}, 'darwin')).toBeNull();
  });

  it('takes the Electron that somebody names, and no other', () => {
    expect(findElectron(folder, { ELECTRON_OVERRIDE_DIST_PATH: folder })).toBeNull();
    writeFileSync(join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron'), '');
    if (process.platform !== 'darwin') {
      expect(findElectron(PROJECT, { ELECTRON_OVERRIDE_DIST_PATH: folder })).toContain(folder);
    }
  });
});
