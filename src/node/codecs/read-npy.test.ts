import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readNpy } from './read-npy.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'npy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file as numpy.save writes it: magic, version, the length of the header, the header, the numbers. */
const npy = async (header: string, data: Uint8Array, version = 1): Promise<string> => {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  const file = join(folder, 'table.npy');
  const magic = Buffer.from(`\u0093NUMPY${String.fromCharCode(version)}\0`, 'latin1');
  await writeFile(file, Buffer.concat([magic, length, Buffer.from(header, 'latin1'), data]));
  return file;
};
const bytesOf = (values: Float32Array | Float64Array): Uint8Array => new Uint8Array(values.buffer);
const SIX = Float32Array.of(1, 2, 3, 4, 5, 6);
const header = (type: string, shape: string, order = 'False'): string =>
  `{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

test('tables of both kinds of numbers are read row by row, of every version', async () => {
  const expected = { shape: [3, 2], values: SIX };
  expect(await readNpy(await npy(header('<f4', '(3, 2)'), bytesOf(SIX)))).toEqual(expected);
  expect(await readNpy(await npy(header('<f8', '(3, 2)'), bytesOf(Float64Array.from(SIX)), 2))).toEqual(
    expected,
  );
});

test.each([
  [header('<f4', '(3, 3)'), 'needs 36 bytes of values, and there are 24'],
  [header('<f4', '(2, 2)'), 'needs 16 bytes of values, and there are 24'],
  [header('<f4', '(3, 2)', 'True'), 'it is in Fortran order'],
  [header('|O', '(3, 2)'), 'Python objects, which are never loaded'],
  ["__import__('os').system('true')\n", 'its header is not that of one plain NumPy array'],
])('an array that is none is refused: %s', async (text, what) => {
  await expect(readNpy(await npy(text, bytesOf(SIX)))).rejects.toThrow(what);
});

test('a file of another kind and a header without end are refused', async () => {
  const other = join(folder, 'other.npy');
  await writeFile(other, 'name,1,2\n'.repeat(9));
  await expect(readNpy(other)).rejects.toThrow('it is not a NumPy file');
  await expect(readNpy(await npy('x'.repeat(70_000), bytesOf(SIX), 2))).rejects.toThrow(
    'it is not a NumPy file',
  );
});
