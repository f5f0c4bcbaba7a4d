import { describe, expect, it } from 'vitest';
import { fit, keepInView, needsFullSize, wheelFactor, zoomTo } from './zoom.ts';

const PHOTO = { width: 4000, height: 3000 };
const VIEW = { width: 1000, height: 800 };

describe('a photo', () => {
  it('is shown whole and in the middle at first', () => {
    const { x, y, scale } = fit(PHOTO, VIEW);
    expect(scale * PHOTO.width).toBeLessThanOrEqual(VIEW.width);
    expect(x).toBeCloseTo((VIEW.width - scale * PHOTO.width) / 2);
    expect(y).toBeCloseTo((VIEW.height - scale * PHOTO.height) / 2);
  });

  it('keeps the point below the pointer there while it is zoomed', () => {
    const before = zoomTo(fit(PHOTO, VIEW), 1, { x: 500, y: 400 }, PHOTO, VIEW);
    const at = { x: 300, y: 250 };
    const after = zoomTo(before, 2, at, PHOTO, VIEW);
    expect(after.scale).toBe(2);
    expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - before.x) / before.scale);
    expect((at.y - after.y) / after.scale).toBeCloseTo((at.y - before.y) / before.scale);
  });

  it('cannot be lost by dragging', () => {
    const far = keepInView({ x: 9000, y: -9000, scale: 1 }, PHOTO, VIEW);
    expect(far).toEqual({ x: 0, y: VIEW.height - PHOTO.height, scale: 1 });
  });

  it('cannot be made smaller than the view needs, nor endlessly large', () => {
    const fitted = fit(PHOTO, VIEW);
    expect(zoomTo(fitted, 0.0001, { x: 0, y: 0 }, PHOTO, VIEW).scale).toBeCloseTo(fitted.scale);
    expect(zoomTo(fitted, 1000, { x: 0, y: 0 }, PHOTO, VIEW).scale).toBe(16);
  });

  it('asks for more pixels when 1,600 no longer suffice, sooner on a dense screen', () => {
    expect(needsFullSize({ x: 0, y: 0, scale: 0.3 }, PHOTO, 1)).toBe(false);
    expect(needsFullSize({ x: 0, y: 0, scale: 0.3 }, PHOTO, 2)).toBe(true);
    expect(needsFullSize({ x: 0, y: 0, scale: 0.5 }, PHOTO, 1)).toBe(true);
  });
});

describe('the wheel', () => {
  it('zooms in when turned away, and back by the same when turned back', () => {
    expect(wheelFactor(-100)).toBeGreaterThan(1);
    expect(wheelFactor(-100) * wheelFactor(100)).toBeCloseTo(1);
  });
});
