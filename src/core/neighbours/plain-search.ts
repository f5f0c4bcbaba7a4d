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

/** A list of the `k` nearest, nearest first. */
type Nearest = { found: number; readonly indices: Int32Array; readonly squares: Float64Array };

const enter = (nearest: Nearest, k: number, square: number, index: number): void => {
  const { indices, squares, found } = nearest;
  const isBefore = (place: number): boolean =>
    isNearer(square, index, squares[place] ?? 0, indices[place] ?? 0);
  if (found === k && !isBefore(k - 1)) return;
  let place = found < k ? found : k - 1;
  while (place > 0 && isBefore(place - 1)) {
    squares[place] = squares[place - 1] ?? 0;
    indices[place] = indices[place - 1] ?? 0;
    place -= 1;
  }
  squares[place] = square;
  indices[place] = index;
  if (found < k) nearest.found += 1;
};

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
    const nearest = { found: 0, indices: new Int32Array(k), squares: new Float64Array(k) };
    for (let row = first; row < last; row += 1) {
      nearest.found = 0;
      for (let index = 0; index < count; index += 1)
        if (index !== row)
          enter(
            nearest,
            k,
            squaredDistance(vectors, row * dimensions, index * dimensions, dimensions),
            index,
          );
      indices.set(nearest.indices, row * k);
      nearest.squares.forEach((square, place) => (distances[row * k + place] = Math.sqrt(square)));
    }
  },
  searchForeign(
    vectors,
    count,
    dimensions,
    _panels,
    _squares,
    groups,
    cores,
    rows,
    bounds,
    first,
    last,
    indices,
    distances,
  ) {
    for (let place = first; place < last; place += 1) {
      const row = rows[place] ?? 0;
      let nearest = -1;
      let least = bounds[place] ?? 0;
      for (let index = 0; index < count; index += 1) {
        const group = groups[index] ?? -1;
        if (group < 0 || group === groups[row]) continue;
        const plain = Math.sqrt(squaredDistance(vectors, row * dimensions, index * dimensions, dimensions));
        const distance = cores === null ? plain : Math.max(plain, cores[row] ?? 0, cores[index] ?? 0);
        if (distance > least || (distance === least && nearest >= 0)) continue;
        [nearest, least] = [index, distance];
      }
      indices[place] = nearest;
      distances[place] = nearest < 0 ? Infinity : least;
    }
  },
};
