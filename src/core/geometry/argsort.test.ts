import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argsortAsNumpy } from './argsort.ts';
import golden from './argsort.golden.json' with { type: 'json' };

// The file holds what np.argsort of numpy 1.26.4 gave on a CPU with AVX-512.
test.each(golden)('equal values among $values.length come in the order of numpy', ({ values, order }) => {
  expect(argsortAsNumpy(values)).toEqual(order);
});

test('the order sorts, and names each place once', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1 }), { maxLength: 150 }), (values) => {
      const order = argsortAsNumpy(values);
      expect([...order].sort((a, b) => a - b)).toEqual(values.map((_, index) => index));
      expect(order.map((index) => values[index])).toEqual([...values].sort((a, b) => a - b));
    }),
  );
});
