import { PANEL, paddedCount, type SearchLoops } from './search-loops.ts';

/** Sum of squared differences, in eight lanes that are added up in this order, as `native/neighbours.cc` does. */
const squaredDistance = (values: Float32Array, fromA: number, fromB: number, dimensions: number): number => {
  const sums = [0, 0, 0, 0, 0, 0, 0, 0] as [number, number, number, number, number, number, number, number];
  for (let d = 0; d < dimensions; d += 1) {
    const difference = (values[fromA + d] ?? 0) - (values[fromB + d] ?? 0);
    const lane = d % 8;
    sums[lane] = (sums[lane] ?? 0) + difference * difference;
  }
  const [a, b, c, d, e, f, g, h] = sums;
  return a + b + (c + d) + (e + f + (g + h));
};

/** True when the first is nearer than the second, or as near and has the lower index. */
const isNearer = (square: number, index: number, otherSquare: number, otherIndex: number): boolean =>
  square < otherSquare || (square === otherSquare && index < otherIndex);

/** The compiled loops' equals, by insertion into a sorted list. Exact, and some fifty times slower. */
export const plainSearch: SearchLoops = {
  arrange(vectors, count, dimensions, panels, squares) {
    const padded = paddedCount(count);
    for (let i = 0; i < padded; i += 1) {
      const at = Math.floor(i / PANEL) * PANEL * dimensions + (i % PANEL);
      let sum = 0;
      for (let d = 0; d < dimensions; d += 1) {
        const value = i < count ? (vectors[i * dimensions + d] ?? 0) : 0;
        panels[at + d * PANEL] = value;
        sum += value * value;
      }
      squares[i] = i < count ? sum : Infinity;
    }
  },
  search(vectors, count, dimensions, _panels, _squares, k, first, last, indices, distances) {
    const nearest = new Int32Array(k);
    const squares = new Float64Array(k);
    for (let row = first; row < last; row += 1) {
      let found = 0;
      for (let index = 0; index < count; index += 1) {
        if (index === row) continue;
        const square = squaredDistance(vectors, row * dimensions, index * dimensions, dimensions);
        if (found === k && !isNearer(square, index, squares[k - 1] ?? 0, nearest[k - 1] ?? 0)) continue;
        let place = found < k ? found : k - 1;
        while (place > 0 && isNearer(square, index, squares[place - 1] ?? 0, nearest[place - 1] ?? 0)) {
          squares[place] = squares[place - 1] ?? 0;
          nearest[place] = nearest[place - 1] ?? 0;
          place -= 1;
        }
        squares[place] = square;
        nearest[place] = index;
        if (found < k) found += 1;
      }
      indices.set(nearest, row * k);
      for (let place = 0; place < k; place += 1) distances[row * k + place] = Math.sqrt(squares[place] ?? 0);
    }
  },
};
