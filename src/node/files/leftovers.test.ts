import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeLeftovers } from './leftovers.ts';
import { partName } from './part-name.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leftovers-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const partOfDead = (): string => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  return partName('crop.png').replace(`-${String(process.pid)}-`, `-${String(pid)}-`);
};

const fromElsewhere = (part: string): string => part.replace(/\.[0-9a-f]{6}-/, '.ffffff-');

describe('Leftovers', () => {
  it('of dead processes are removed; those of living ones, and other files, stay', async () => {
    const kept = [partName('crop.png'), '.hidden.part', 'photo.png'].toSorted();
    for (const name of [...kept, partOfDead()]) await writeFile(join(folder, name), 'x');
    expect(await removeLeftovers(folder)).toBe(1);
    expect((await readdir(folder)).toSorted()).toEqual(kept);
  });

  it('of another machine are removed after a day only', async () => {
    const part = join(folder, fromElsewhere(partOfDead()));
    await writeFile(part, 'x');
    expect(await removeLeftovers(folder)).toBe(0);
    const now = Date.now();
    await utimes(part, now / 1000 - 90_000, now / 1000 - 90_000);
    expect(await removeLeftovers(folder, () => now)).toBe(1);
  });

  it('are none in a folder that is missing', async () => {
    expect(await removeLeftovers(join(folder, 'nowhere'))).toBe(0);
  });
});
