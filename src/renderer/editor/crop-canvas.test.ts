import { describe, expect, it } from 'vitest';
import { drawnShape, rotateShape, type FaceShape } from './face-shape.ts';
import { photoToCrop } from './crop-canvas.ts';

const SIZE = { width: 1000, height: 800 };
const rules = (style: 'box' | 'relative' | 'landmarks') =>
  ({ style, imageSizePx: 100, marginPx: 0, clips: false }) as const;
const inCrop = (shape: FaceShape, style: 'box' | 'relative' | 'landmarks', x: number, y: number) => {
  const transform = photoToCrop(shape, SIZE, rules(style));
  if (transform === null) throw new Error('There is a crop.');
  const [a, b, c, d, e, f] = transform;
  return [a * x + c * y + e, b * x + d * y + f];
};
const near = (value: number): unknown => expect.closeTo(value, 6);
const drawn = drawnShape({ x: 200, y: 300 }, { x: 400, y: 500 });
if (drawn === null) throw new Error('The box is large enough.');

describe('the crop that would result', () => {
  it('shows the box from its upper left corner to its lower right one', () => {
    expect(inCrop(drawn, 'box', 200, 300)).toEqual([near(0), near(0)]);
    expect(inCrop(drawn, 'relative', 400, 500)).toEqual([near(100), near(100)]);
  });

  it('stands upright for a face that was turned', () => {
    for (const style of ['box', 'landmarks'] as const)
      for (const degrees of [30, 90, -120]) {
        const shape = rotateShape(drawn, degrees);
        const upright = inCrop(drawn, style, ...drawn.landmarks[0]);
        expect(inCrop(shape, style, ...shape.landmarks[0])).toEqual(upright.map(near));
      }
  });

  it('is none of a box beside the photo', () => {
    const outside = drawnShape({ x: 2000, y: 0 }, { x: 2100, y: 100 });
    expect(outside === null ? 0 : photoToCrop(outside, SIZE, rules('box'))).toBeNull();
  });
});
