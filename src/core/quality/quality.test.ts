import { expect, test } from 'vitest';
import { measureCrop } from './measure.ts';
import { poseOf } from './pose.ts';

/** The mean frontal face of docs/pipeline.md § 3. */
const FRONTAL: [number, number][] = [
  [46.5, 48],
  [103.2, 48],
  [74.85, 80.3],
  [51.4, 113.3],
  [98.3, 113.3],
];

const turned = (degrees: number): [number, number][] => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return FRONTAL.map(([x, y]) => [x * cos - y * sin, x * sin + y * cos]);
};

test('a face that looks into the camera has no angle', () => {
  const { yawDegrees, pitchDegrees, rollDegrees } = poseOf(FRONTAL);
  for (const angle of [yawDegrees, pitchDegrees, rollDegrees]) expect(Math.abs(angle)).toBeLessThan(1);
});

test('a head that leans clockwise has that roll, and no other angle', () => {
  const { yawDegrees, pitchDegrees, rollDegrees } = poseOf(turned(30));
  expect(rollDegrees).toBeCloseTo(30, 5);
  expect(Math.abs(yawDegrees)).toBeLessThan(1);
  expect(Math.abs(pitchDegrees)).toBeLessThan(1);
});

/** The model head of pose.ts, turned and seen from far away. */
const modelHead = (yawDegrees: number, pitchDegrees: number): [number, number][] => {
  const [yaw, pitch] = [(yawDegrees * Math.PI) / 180, (pitchDegrees * Math.PI) / 180];
  const points = [
    [-50, 0, 0],
    [50, 0, 0],
    [0, 57, 41],
    [-41, 115, 0],
    [41, 115, 0],
  ] as const;
  return points.map(([x, y, z]) => [
    x * Math.cos(yaw) + z * Math.sin(yaw),
    y * Math.cos(pitch) - z * Math.cos(yaw) * Math.sin(pitch),
  ]);
};

test.each([-40, -15, 20, 45])('a model head turned by %i degrees is measured so', (degrees) => {
  expect(poseOf(modelHead(degrees, 0)).yawDegrees).toBeCloseTo(degrees, 1);
  expect(poseOf(modelHead(0, degrees)).pitchDegrees).toBeGreaterThan(degrees - 2);
  expect(poseOf(modelHead(0, degrees)).pitchDegrees).toBeLessThan(degrees + 2);
});

test('landmarks on one spot have no angle rather than none at all', () => {
  expect(poseOf(FRONTAL.map(() => [1, 1]))).toEqual({ yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0 });
});

const SIDE = 40;
const crop = (brightness: (x: number, y: number) => number): Uint8Array =>
  Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return brightness(pixel % SIDE, Math.floor(pixel / SIDE));
  });

test('an even crop is not sharp, and as bright as it is', () => {
  const { sharpness, exposure } = measureCrop(
    crop(() => 51),
    SIDE,
  );
  expect(sharpness).toBeCloseTo(0, 6);
  expect(exposure).toBeCloseTo(0.2, 3);
});

test('stripes are sharper than the same stripes blurred', () => {
  const stripes = measureCrop(
    crop((x) => (x % 4 < 2 ? 0 : 255)),
    SIDE,
  );
  const blurred = measureCrop(
    crop((x) => 127 + 120 * Math.sin((x * Math.PI) / 8)),
    SIDE,
  );
  expect(stripes.sharpness).toBeGreaterThan(blurred.sharpness * 10);
});

test('black beyond the edge of a photo does not count', () => {
  const inner = crop((x, y) => (x < 6 || y < 6 ? 0 : 100));
  expect(measureCrop(inner, SIDE).exposure).toBeCloseTo(100 / 255, 3);
});
