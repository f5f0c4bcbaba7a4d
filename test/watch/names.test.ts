import fc from 'fast-check';
import { mkdir, open, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { absoluteBelow, keyOf, keyWithin, type PathKey } from '../../src/studio/watch/paths.ts';
import { changesOf, filesByFind, lines, makeFolder, removeFolder } from './disk.ts';
import { createKnownSet } from './known-set.ts';

/** 20 times 500 are 10,000 names. */
const RUNS = 20;
const NAMES = 500;
const FOLDERS = 8;

const NASTY: readonly string[] = [
  'Ame\u0301lie.jpg',
  'Am\u00e9lie.jpg',
  '\u202egpj.exe.jpg',
  'a\nb.jpg',
  '%2f.jpg',
  '..jpg.jpg',
  ' .jpg',
  '\\xff.jpg',
  `${'\u{1f600}'.repeat(62)}.jpg`,
  'x'.repeat(255),
].map((name) => keyOf(Buffer.from(name)));

/** Any bytes but those that a name cannot have. */
const anyName = fc
  .uint8Array({ minLength: 1, maxLength: 255 })
  .map((bytes) => keyOf(bytes.map((byte) => (byte === 0 || byte === 47 ? 1 : byte))));
/** Few different bytes, so that names share beginnings and sort around the separator. */
const closeName = fc
  .array(fc.constantFrom('a', '.', '-', '0', '\xff', '\xc3', ' ', '\x01'), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''));
// What is hidden is not looked at.
const name = fc
  .oneof(anyName, closeName, fc.constantFrom(...NASTY))
  .map((text) => (text.startsWith('.') ? `x${text.slice(1)}` : text));

/** JPEG's first bytes and a number, so that every name is a picture's and no two files are mixed up. */
const content = (index: number): Buffer => Buffer.from(`\xff\xd8\xff\xe0${String(index)}`, 'latin1');

const makeTree = async (root: string, folders: readonly string[], names: readonly string[]) => {
  const absolute = absoluteBelow(root);
  const made = new Map<PathKey, number>();
  const kept: PathKey[] = [''];
  for (const folder of folders) {
    const key = keyWithin(kept.at(-1) ?? '', folder);
    await mkdir(absolute(key), { recursive: true });
    kept.push(key);
    if (kept.length % 3 === 0) kept.push('');
  }
  for (const [index, file] of names.entries()) {
    const key = keyWithin(kept[index % kept.length] ?? '', file);
    const handle = await open(absolute(key), 'wx').catch(() => null); // The name of a folder, or drawn twice.
    if (handle === null) continue;
    await handle.writeFile(content(index));
    await handle.close();
    made.set(key, index);
  }
  return made;
};

test(
  `${String(RUNS * NAMES)} names of any bytes are known as they are, none lost and none mixed up`,
  { timeout: 120_000 },
  async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(name, { minLength: FOLDERS, maxLength: FOLDERS }),
        fc.array(name, { minLength: NAMES, maxLength: NAMES }),
        async (folders, names) => {
          const root = await makeFolder();
          try {
            const made = await makeTree(root, folders, names);
            const known = createKnownSet();
            known.apply(await changesOf(root, known));
            expect(known.keys()).toEqual(await filesByFind(root));
            expect(known.size).toBe(made.size);
            count += known.size;
            for (const key of known.keys())
              expect(await readFile(absoluteBelow(root)(key))).toEqual(content(made.get(key) ?? -1));
            expect(lines(await changesOf(root, known))).toHaveLength(1);
            expect(await changesOf(root, known, { scope: known.keys() })).toEqual([]);
          } finally {
            await removeFolder(root);
          }
        },
      ),
      { numRuns: RUNS },
    );
    expect(count).toBeGreaterThan((RUNS * NAMES) / 2);
  },
);
