import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../core/settings/defaults.ts';
import { createSettings } from './settings.ts';

let home: string;
let told: unknown[];
const report = (error: unknown): void => {
  told.push(error);
};
const stored = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(home, 'settings.json'), 'utf8')) as Record<string, unknown>;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'facenet-studio-'));
  told = [];
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

it('keeps what was changed from one start to the next, and nothing else is in the folder', async () => {
  const settings = createSettings(home, report);
  expect(settings.current()).toEqual(DEFAULT_SETTINGS);
  let heard = 0;
  settings.changes.subscribe(() => (heard += 1));
  await settings.change({ engine: 'wasm', keys: { palette: 'Ctrl+P', facets: null } });
  await settings.change({ window: { theme: 'light', tilePx: 96 } });
  expect(heard).toBe(2);
  expect(createSettings(home, report).current()).toEqual({
    ...DEFAULT_SETTINGS,
    engine: 'wasm',
    keys: { palette: 'Ctrl+P', facets: null },
    window: { theme: 'light', tilePx: 96 },
  });
  expect(readdirSync(home)).toEqual(['settings.json']);
  expect(told).toEqual([]);
});

it('loses none of many changes at once', async () => {
  const settings = createSettings(home, report);
  await Promise.all([
    settings.change({ engine: 'cpu' }),
    settings.change({ notifies: false }),
    settings.change({ photoMemoryMebibytes: 512 }),
  ]);
  expect(createSettings(home, report).current()).toMatchObject({
    ...{ engine: 'cpu', notifies: false, photoMemoryMebibytes: 512 },
  });
});

it('tells an engine what was chosen for it', async () => {
  const settings = createSettings(home, report);
  await settings.change({ engine: 'gpu', gpuMemory: 'as-needed', photoMemoryMebibytes: 128 });
  expect(settings.engine()).toEqual({ choice: 'gpu', gpuMemoryFraction: 0.5, photoMemoryMebibytes: 128 });
});

it('loses only the value that is wrong in a file that somebody edited', () => {
  const values = {
    format: 1,
    engine: 'quantum',
    notifies: false,
    photoMemoryMebibytes: 3,
    strongFocus: true,
  };
  writeFileSync(join(home, 'settings.json'), JSON.stringify(values));
  expect(createSettings(home, report).current()).toEqual({
    ...DEFAULT_SETTINGS,
    notifies: false,
    strongFocus: true,
  });
});

it('keeps a damaged file, and one of a newer program, aside and begins anew', async () => {
  writeFileSync(join(home, 'settings.json'), '{"format":1,');
  expect(createSettings(home, report).current()).toEqual(DEFAULT_SETTINGS);
  writeFileSync(join(home, 'settings.json'), JSON.stringify({ format: 7, engine: 'wasm' }));
  const settings = createSettings(home, report);
  expect(settings.current()).toEqual(DEFAULT_SETTINGS);
  await settings.change({ engine: 'cpu' });
  expect(readdirSync(home).sort()).toEqual([
    'settings.json',
    'settings.json.damaged',
    'settings.json.format-7',
  ]);
  expect(told.map(String)).toEqual([
    expect.stringContaining('damaged'),
    expect.stringContaining('newer version'),
  ]);
});

it('takes over what a window kept before there were settings, once', async () => {
  const settings = createSettings(home, report);
  await settings.adopt('{"theme":"light","tilePx":96}');
  expect(stored()).toMatchObject({ format: 1, engine: 'auto', window: { theme: 'light', tilePx: 96 } });
  await settings.adopt('{"theme":"dark"}');
  expect(createSettings(home, report).current().window).toEqual({ theme: 'light', tilePx: 96 });
});

it('migrates a file of the format before', () => {
  writeFileSync(join(home, 'settings.json'), JSON.stringify({ format: 0, theme: 'light' }));
  expect(createSettings(home, report).current().window).toEqual({ theme: 'light' });
});

it('refuses what a window cannot have kept, and a folder that cannot be made, with a sentence', async () => {
  const settings = createSettings(home, report);
  await expect(settings.adopt('{')).rejects.toThrow('cannot be read');
  await expect(settings.change({ cropsFolder: 'crops' })).rejects.toThrow('no full path');
  writeFileSync(join(home, 'file'), '');
  await expect(settings.change({ cropsFolder: join(home, 'file', 'crops') })).rejects.toThrow();
  expect(settings.current()).toEqual(DEFAULT_SETTINGS);
  await settings.change({ cropsFolder: join(home, 'crops') });
  expect(settings.cropsFolder()).toBe(join(home, 'crops'));
});
