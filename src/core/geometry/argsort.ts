/** Up to this many elements numpy sorts by one network (x86-simd-sort); 8 lanes make one register. */
const MOST_BY_NETWORK = 64;
const LANES = 8;

/**
 * Indices that sort `values` ascending, equal values in the very order in which `numpy.argsort` (1.25 and later, on a CPU with
 * AVX-512) leaves them: Batcher's bitonic network over 8, 16, 32 or 64 places, which moves equals about. The seed's
 * suppression reads its boxes in this order, and good boxes tie at a score of exactly 1, so the order of equals decides
 * which of them stands for a face: without it one face in 200 differs from the seed's by more than a pixel. Longer
 * arrays, which numpy splits first, are sorted stably. Holds for numbers other than NaN.
 */
export const argsortAsNumpy = (values: readonly number[]): number[] => {
  const order = values.map((_, index) => index);
  if (values.length > MOST_BY_NETWORK) return order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  let places = LANES;
  while (places < values.length) places *= 2;
  const keyAt = (place: number): number => values[order[place] ?? places] ?? Number.POSITIVE_INFINITY;
  for (let place = values.length; place < places; place += 1) order.push(place);
  const exchange = (low: number, high: number): void => {
    if (keyAt(low) <= keyAt(high)) return;
    const kept = order[low] ?? 0;
    order[low] = order[high] ?? 0;
    order[high] = kept;
  };
  for (let run = 2; run <= places; run *= 2) {
    // Two sorted halves: the first meets the second mirrored, then ever closer neighbours meet.
    for (let place = 0; place < places; place += 1) {
      const mirrored = place ^ (run - 1);
      if (place < mirrored) exchange(place, mirrored);
    }
    for (let distance = run / 4; distance >= 1; distance /= 2) {
      for (let place = 0; place < places; place += 1) {
        if ((place & distance) === 0) exchange(place, place + distance);
      }
    }
  }
  return order.filter((index) => index < values.length);
};
