import { readFile } from 'node:fs/promises';
import type { ItemVector } from './embed-items.ts';

type Place = Extract<ItemVector, { kind: 'embedded' }>;

/** Rows in the order of their places, each [dimensions] float32. One file of vectors at a time is in memory. */
export async function* rowsAt(
  places: readonly Place[],
  dimensions: number,
): AsyncGenerator<Float32Array, void, void> {
  let held = '';
  let values = new Float32Array();
  for (const { part, row } of places) {
    if (held !== part) values = new Float32Array(Uint8Array.from(await readFile(part)).buffer);
    held = part;
    const vector = values.subarray(row * dimensions, (row + 1) * dimensions);
    if (vector.length !== dimensions) throw new RangeError(`${part} lacks row ${String(row)}.`);
    yield vector;
  }
}
