import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeLeftovers, writeFileAtomic } from './atomic.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atomic-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The name that a half-written file of this process has, found by writing where a folder stands in the way. */
const partName = (pid: number, host: string): string => `.crop.png.${host}-${String(pid)}-0123456789ab.part`;

const hostMark = async (): Promise<string> => {
  const file = join(folder, 'marked');
  const names: string[] = [];
  const writing = writeFileAtomic(file, Buffer.alloc(64 * 1024 * 1024));
  while (names.length === 0) names.push(...(await readdir(folder)).filter((name) => name.endsWith('.part')));
  await writing;
  await rm(file);
  return /\.([0-9a-f]{6})-/.exec(names[0] ?? '')?.[1] ?? '';
};

const deadProcess = (): number => spawnSync(process.execPath, ['--version']).pid;

describe('A file that is written atomically', () => {
  it('is there whole, in a folder that was missing, and nothing beside it', async () => {
    const file = join(folder, 'a', 'b', 'crop.png');
    await writeFileAtomic(file, 'first');
    await writeFileAtomic(file, 'second');
    expect(await readFile(file, 'utf8')).toBe('second');
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['crop.png']);
  });

  it('may have a name as long as the file system allows', async () => {
    const file = join(folder, `${'ö'.repeat(125)}.png`);
    await writeFileAtomic(file, 'whole');
    expect(await readFile(file, 'utf8')).toBe('whole');
  });

  it('leaves nothing behind when it cannot be put in place', async () => {
    const file = join(folder, 'taken');
    await writeFileAtomic(join(file, 'inside'), 'x');
    await expect(writeFileAtomic(file, 'y')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });
});

describe('Leftovers', () => {
  it('of dead processes are removed; those of living ones, and other files, stay', async () => {
    const host = await hostMark();
    const kept = [partName(process.pid, host), '.hidden.part', 'photo.png'].toSorted();
    for (const name of [...kept, partName(deadProcess(), host)]) await writeFile(join(folder, name), 'x');
    expect(await removeLeftovers(folder)).toBe(1);
    expect((await readdir(folder)).toSorted()).toEqual(kept);
  });

  it('of another machine are removed after a day only', async () => {
    const name = partName(deadProcess(), 'ffffff');
    await writeFile(join(folder, name), 'x');
    expect(await removeLeftovers(folder)).toBe(0);
    const now = Date.now();
    await utimes(join(folder, name), now / 1000 - 90_000, now / 1000 - 90_000);
    expect(await removeLeftovers(folder, () => now)).toBe(1);
  });

  it('are none in a folder that is missing', async () => {
    expect(await removeLeftovers(join(folder, 'nowhere'))).toBe(0);
  });
});
