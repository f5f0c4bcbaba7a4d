import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CANVAS_SIDE_PX, createPacker, evenSize, tilesOfLevel } from './packing.ts';
import { cellsAlong } from './pyramid.ts';

const side = fc.integer({ min: 12, max: 2500 });

test('the tiles of a level yield each of its cells once, from pixels of the level', () => {
  fc.assert(
    fc.property(side, side, (widthPx, heightPx) => {
      const seen = new Map<string, number>();
      for (const tile of tilesOfLevel(widthPx, heightPx)) {
        expect(tile.xPx % 2).toBe(0);
        expect(tile.yPx % 2).toBe(0);
        expect(tile.xPx + tile.widthPx).toBeLessThanOrEqual(widthPx);
        expect(tile.yPx + tile.heightPx).toBeLessThanOrEqual(heightPx);
        expect(Math.max(evenSize(tile.widthPx), evenSize(tile.heightPx))).toBeLessThanOrEqual(CANVAS_SIDE_PX);
        expect(cellsAlong(tile.widthPx)).toBe(tile.columns);
        expect(cellsAlong(tile.heightPx)).toBe(tile.rows);
        const key = `${String(tile.xPx)}/${String(tile.yPx)}`;
        seen.set(key, (seen.get(key) ?? 0) + tile.columns * tile.rows);
      }
      const cells = [...seen.values()].reduce((sum, count) => sum + count, 0);
      expect(cells).toBe(cellsAlong(widthPx) * cellsAlong(heightPx));
    }),
  );
});

test('places on a canvas never overlap and never leave it', () => {
  const rectangle = fc.tuple(fc.integer({ min: 6, max: 256 }), fc.integer({ min: 6, max: 256 }));
  fc.assert(
    fc.property(fc.array(rectangle, { minLength: 1, maxLength: 80 }), (rectangles) => {
      const packer = createPacker();
      const placed: { x1: number; y1: number; x2: number; y2: number }[] = [];
      for (const [halfWidth, halfHeight] of rectangles) {
        const [width, height] = [2 * halfWidth, 2 * halfHeight];
        const place = packer.place(width, height);
        if (place === null) continue;
        const next = { x1: place.xPx, y1: place.yPx, x2: place.xPx + width, y2: place.yPx + height };
        expect(Math.max(next.x2, next.y2)).toBeLessThanOrEqual(CANVAS_SIDE_PX);
        for (const other of placed) {
          expect(next.x1 < other.x2 && other.x1 < next.x2 && next.y1 < other.y2 && other.y1 < next.y2).toBe(
            false,
          );
        }
        placed.push(next);
      }
      expect(placed.length).toBeGreaterThan(0);
    }),
  );
});
