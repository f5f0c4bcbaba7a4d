import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvOf } from './save.ts';
import {
  domainOf,
  nearestPlace,
  pathOf,
  scaleOf,
  spreadOut,
  zoomed,
  type Axis,
  type Line,
} from './scales.ts';

const linear: Axis = { label: 'distance', kind: 'linear', format: String };
const logarithmic: Axis = { ...linear, label: 'FAR, share', kind: 'log' };

it('shows all that lines hold, and on a logarithmic axis only what it can', () => {
  expect(domainOf(linear, [[3, Number.NaN, -1], [7]])).toEqual([-1, 7]);
  expect(domainOf(logarithmic, [[0, 1e-5, 1]])).toEqual([1e-5, 1]);
  expect(domainOf(linear, [])).toEqual([0, 1]);
  expect(domainOf(linear, [[2, 2]])).toEqual([1, 3]);
  expect(domainOf(linear, [[0, 0]])).toEqual([-0.5, 0.5]);
});

it('has different ticks where values differ by rounding alone', () => {
  const domain = domainOf(linear, [[0.3, 0.1 + 0.2]]);
  const ticks = scaleOf(linear, domain, [100, 0]).ticks(5);
  expect(ticks.length).toBeGreaterThan(1);
  expect(new Set(ticks).size).toBe(ticks.length);
});

it('finds the nearest value as looking at each one does', () => {
  const values = fc
    .array(fc.integer({ min: -50, max: 50 }), { minLength: 1 })
    .map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(values, fc.double({ min: -60, max: 60, noNaN: true }), (all, wanted) => {
      const found = all[nearestPlace(all, wanted)] ?? Number.NaN;
      expect(Math.abs(found - wanted)).toBe(Math.min(...all.map((value) => Math.abs(value - wanted))));
    }),
  );
  expect(nearestPlace([], 1)).toBe(-1);
});

it('draws a million points by at most four a pixel, and loses no peak', () => {
  const x = Float64Array.from({ length: 1_000_000 }, (_, i) => i);
  const y = x.map((i) => (i === 654_321 ? 9 : Math.sin(i)));
  const path = pathOf({ x, y }, scaleOf(linear, [0, 999_999], [0, 800]), scaleOf(linear, [-1, 9], [200, 0]));
  expect(path.split(/[ML]/u).length - 1).toBeLessThanOrEqual(4 * 801);
  expect(path).toContain(',0.0');
});

it('leaves a gap where there is no value', () => {
  const scale = scaleOf(linear, [0, 10], [0, 10]);
  expect(pathOf({ x: [0, 2, 4, 6], y: [1, Number.NaN, 3, 4] }, scale, scale)).toBe(
    'M0.0,1.0M4.0,3.0L6.0,4.0',
  );
  const high = scaleOf(logarithmic, [1e-3, 1], [0, 3]);
  expect(pathOf({ x: [0, 1e-3, 1], y: [1, 1, 2] }, high, scale)).toBe('M0.0,1.0L3.0,2.0');
});

it('zooms about the value that is pointed at', () => {
  expect(zoomed(linear, [0, 10], 4, 0.5)).toEqual([2, 7]);
  const [from, to] = zoomed(logarithmic, [1e-4, 1], 1e-2, 0.5);
  expect([from, to]).toEqual([expect.closeTo(1e-3, 9), expect.closeTo(0.1, 9)]);
});

it('keeps labels apart, in their order and within the plot', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 5 }), (wanted) => {
      const placed = spreadOut(wanted, 16, 200);
      const sorted = [...placed].sort((a, b) => a - b);
      sorted.slice(1).forEach((place, i) => {
        expect(place - (sorted[i] ?? 0)).toBeGreaterThanOrEqual(16);
      });
      expect(sorted.at(-1)).toBeLessThanOrEqual(200);
      wanted.forEach((a, i) => {
        wanted.forEach((b, j) => {
          if (a < b) expect(placed[i]).toBeLessThan(placed[j] ?? 0);
        });
      });
    }),
  );
});

it('writes values in full, with names that need it in quotes', () => {
  const line: Line = { name: 'a "b"', colour: 1, x: [0.1], y: [1 / 3], look: 'thick' };
  expect(csvOf(linear, logarithmic, [line])).toBe(
    'line,distance,"FAR, share"\r\n"a ""b""",0.1,0.3333333333333333\r\n',
  );
});
