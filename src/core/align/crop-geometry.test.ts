import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cropGeometry, similarityBetween, type CropRules } from './crop-geometry.ts';
import type { Point } from '../geometry/box.ts';

const photo = { widthPx: 250, heightPx: 250 };
const landmarks: readonly Point[] = [
  [100, 100],
  [140, 100],
  [120, 120],
  [105, 145],
  [135, 145],
];
const rules = (style: CropRules['style'], more: Partial<CropRules> = {}): CropRules => ({
  style,
  imageSizePx: 182,
  marginPx: 44,
  clips: false,
  ...more,
});

test('the seed cuts half of the margin beyond each edge, clipped to the photo, without fractions', () => {
  const face = { box: [10.7, 40.2, 120.9, 180.4], landmarks } as const;
  // numpy: np.maximum(10.7 - 22, 0), np.maximum(40.2 - 22, 0), np.minimum(120.9 + 22, 250), ... as int32
  expect(cropGeometry(face, photo, rules('box', { clips: true }))?.region).toEqual([0, 18, 142, 202]);
});

test('by default a box at the edge keeps its size: what lies outside is padded, not stretched', () => {
  const face = { box: [10, 40, 120, 180], landmarks } as const;
  expect(cropGeometry(face, photo, rules('box'))?.region).toEqual([-12, 18, 142, 202]);
});

test('with a relative margin a face takes the same share of the crop, whatever its size', () => {
  for (const side of [20, 160, 640]) {
    const face = { box: [1000, 1000, 1000 + side, 1000 + side], landmarks } as const;
    const region = cropGeometry(face, { widthPx: 4000, heightPx: 4000 }, rules('relative'))?.region ?? [
      0, 0, 0, 0,
    ];
    expect(side / (region[2] - region[0])).toBeCloseTo((182 - 44) / 182, 1);
  }
});

test('a box that lies outside the photo has no crop', () => {
  expect(cropGeometry({ box: [-90, -90, -60, -60], landmarks }, photo, rules('box'))).toBeNull();
});

describe('a similarity transform', () => {
  const point = fc.tuple(
    fc.double({ min: -100, max: 100, noNaN: true }),
    fc.double({ min: -100, max: 100, noNaN: true }),
  );

  test('finds the turn, scale and shift that made the points', () => {
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 5, maxLength: 5 }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        point,
        (points, scale, angle, shift) => {
          const spread = Math.max(
            ...points.map(([x, y]) => Math.hypot(x - (points[0]?.[0] ?? 0), y - (points[0]?.[1] ?? 0))),
          );
          fc.pre(spread > 10);
          const [a, b] = [scale * Math.cos(angle), scale * Math.sin(angle)];
          const made = points.map(([x, y]): Point => [a * x - b * y + shift[0], b * x + a * y + shift[1]]);
          const found = similarityBetween(points, made);
          [a, b, ...shift].forEach((expected, index) => {
            expect(found[index]).toBeCloseTo(expected, 5);
          });
        },
      ),
    );
  });

  test('puts the landmarks of an upright face on the template of 150 px', () => {
    const template: readonly Point[] = [
      [46.5, 48.1],
      [103.2, 47.8],
      [75.0, 80.3],
      [51.8, 113.4],
      [98.7, 113.2],
    ];
    const cut = cropGeometry({ box: [60, 60, 180, 180], landmarks: template }, photo, {
      ...rules('landmarks'),
      imageSizePx: 150,
      marginPx: 0,
    });
    expect(cut?.geometry.kind).toBe('similarity');
    cut?.region.forEach((value, index) => {
      expect(value).toBeCloseTo([0, 0, 150, 150][index] ?? Number.NaN, 9);
    });
  });
});

test('a crop that was turned by hand shows the same middle, and what lay clockwise of its right edge on the right', () => {
  const rules = { style: 'box', imageSizePx: 100, marginPx: 0, clips: false } as const;
  const face = { box: [100, 200, 200, 300], landmarks: [], rotationDegrees: 90 } as const;
  const cut = cropGeometry(face, { widthPx: 1000, heightPx: 1000 }, rules);
  if (cut?.geometry.kind !== 'similarity') throw new Error('A turned crop is a similarity.');
  const [a, b, tx, ty] = cut.geometry.matrix;
  const shown = (x: number, y: number) => [a * x - b * y + tx, b * x + a * y + ty];
  expect(shown(50, 50)).toEqual([expect.closeTo(150), expect.closeTo(250)]);
  expect(shown(100, 50)).toEqual([expect.closeTo(150), expect.closeTo(300)]);
});
