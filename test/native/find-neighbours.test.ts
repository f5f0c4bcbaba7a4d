import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { distanceBetween } from '../../src/core/neighbours/graph.ts';
import { readNpy } from '../../src/node/codecs/read-npy.ts';
import { findNeighbours } from '../../src/node/neighbours/find.ts';
import { keepNeighbours, readNeighbours } from '../../src/node/neighbours/keep.ts';

const crowd = (count: number, dimensions: number) => {
  let state = 5;
  const values = Float32Array.from({ length: count * dimensions }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  });
  return { count, dimensions, values };
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neighbours-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a graph of neighbours', () => {
  it('is the same on one thread and on three, and tells its progress to the end', async () => {
    const vectors = crowd(500, 9);
    const told: number[] = [];
    const alone = await findNeighbours(vectors, { k: 7, threads: 1 });
    const shared = await findNeighbours(vectors, { k: 7, threads: 3, onProgress: (done) => told.push(done) });
    expect(shared).toEqual(alone);
    expect(told.at(-1)).toBe(500);
    const others = Array.from({ length: 500 }, (_, index) => index).filter((index) => index !== 123);
    const nearest = others.sort(
      (a, b) => distanceBetween(vectors, 123, a) - distanceBetween(vectors, 123, b) || a - b,
    );
    expect([...shared.indices.subarray(123 * 7, 124 * 7)]).toEqual(nearest.slice(0, 7));
  });

  it('has as many neighbours as there are others', async () => {
    expect((await findNeighbours(crowd(4, 3), { k: 50 })).k).toBe(3);
    expect((await findNeighbours(crowd(1, 3), { k: 50 })).k).toBe(0);
  });

  it('is not made of vectors that hold no numbers, and the vector is named', async () => {
    const vectors = crowd(10, 3);
    vectors.values[16] = Number.NaN;
    await expect(findNeighbours(vectors, { k: 2 })).rejects.toThrow(/Vector 5 /);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const finding = findNeighbours(crowd(60_000, 128), { k: 50, threads: 2, signal: stop.signal });
    setTimeout(() => {
      stop.abort(new Error('Enough.'));
    }, 50);
    await expect(finding).rejects.toThrow('Enough.');
  });

  it('is kept for just these vectors, and a damaged one is not used', async () => {
    const vectors = crowd(40, 3);
    const file = join(folder, 'graph');
    expect(await readNeighbours(file, vectors, 5)).toBeNull();
    const graph = await findNeighbours(vectors, { k: 5 });
    await keepNeighbours(file, vectors, graph);
    expect(await readNeighbours(file, vectors, 5)).toEqual({
      ...graph,
      // What is read lies in memory of its own.
      indices: Int32Array.from(graph.indices),
      distances: Float32Array.from(graph.distances),
    });
    expect(await readNeighbours(file, vectors, 6)).toBeNull();
    expect(await readNeighbours(file, crowd(41, 3), 5)).toBeNull();
    const others = { ...vectors, values: vectors.values.with(7, 0.5) };
    expect(await readNeighbours(file, others, 5)).toBeNull();
    const bytes = await readFile(file);
    for (const at of [0, 40, 90, bytes.length - 1]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      await writeFile(file, damaged);
      expect(await readNeighbours(file, vectors, 5)).toBeNull();
    }
    await writeFile(file, bytes.subarray(0, 100));
    expect(await readNeighbours(file, vectors, 5)).toBeNull();
  });
});

describe('a NumPy file', () => {
  const save = async (header: string, values: Uint8Array): Promise<string> => {
    const file = join(folder, 'array.npy');
    const text = Buffer.from(`${header}\n`, 'latin1');
    const head = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
    head.writeUInt16LE(text.length, 8);
    await writeFile(file, Buffer.concat([head, text, values]));
    return file;
  };
  const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
  const plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";

  it('is read with its shape, doubles as floats', async () => {
    expect(await readNpy(await save(plain, floats(1, 2, 3, 4)))).toEqual({
      shape: [2, 2],
      values: Float32Array.of(1, 2, 3, 4),
    });
    const doubles = new Uint8Array(Float64Array.of(0.1).buffer);
    const file = await save("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", doubles);
    expect(await readNpy(file)).toEqual({ shape: [1], values: Float32Array.of(0.1) });
  });

  it.each([
    ["{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }", /Python objects/],
    ["{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }", /type <i4/],
    ["{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", /Fortran/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", /needs 24 bytes .* there are 16/],
    ["{'descr': __import__('os').system('true')}", /not that of one plain NumPy array/],
  ])('with the header %s is refused in one sentence', async (header, words) => {
    await expect(readNpy(await save(header, floats(1, 2, 3, 4)))).rejects.toThrow(words);
  });

  it('that is none, or is cut off, is refused', async () => {
    const file = join(folder, 'array.npy');
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('hello'),
      Buffer.from('\x93NUMPY\x01\x00\xff\xff{', 'latin1'),
    ]) {
      await writeFile(file, bytes);
      await expect(readNpy(file)).rejects.toThrow(/not a NumPy file/);
    }
  });
});
