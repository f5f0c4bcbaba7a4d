import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExclusively, writeFileAtomic, writeTextDurably } from './atomic.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atomic-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

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
    await expect(writeTextDurably(file, ['y'])).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });
});

describe('A text that is written durably', () => {
  it('has all its pieces, and what was there before stays until then', async () => {
    const file = join(folder, 'ledger.jsonl');
    await writeTextDurably(file, ['old']);
    const pieces = function* (): Generator<string> {
      yield 'a';
      yield 'b';
      throw new Error('no more');
    };
    await expect(writeTextDurably(file, pieces())).rejects.toThrow('no more');
    expect(await readFile(file, 'utf8')).toBe('old');
    await writeTextDurably(file, ['a', 'b']);
    expect(await readFile(file, 'utf8')).toBe('ab');
    expect(await readdir(folder)).toEqual(['ledger.jsonl']);
  });
});

describe('A file that is created exclusively', () => {
  it('is there once, with the rights it was given, and nothing beside it', async () => {
    const file = join(folder, 'lock');
    expect(await createExclusively(file, 'mine', 0o600)).toBe(true);
    expect(await createExclusively(file, 'theirs')).toBe(false);
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('has one maker of many that try at the same time', async () => {
    const file = join(folder, 'lock');
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, of) => createExclusively(file, String(of))),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await readFile(file, 'utf8')).toBe(String(made.indexOf(true)));
  });

  it('needs its folder: one that was removed is not made again', async () => {
    await expect(createExclusively(join(folder, 'gone', 'lock'), 'x')).rejects.toThrow(/ENOENT/);
    await writeFile(join(folder, 'kept'), '');
    expect(await readdir(folder)).toEqual(['kept']);
  });
});
