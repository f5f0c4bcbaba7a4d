import type { Page } from '@playwright/test';
import { expect, test } from './studio.ts';
import { makeWorkspace, openWorkspace } from './workspaces.ts';

const PHOTOS = 24;
/** Twice what counts as a flight, see `src/renderer/grid/flight.ts`. */
const PX_PER_MS = 8;
const FLIGHT_MS = 500;

type Seen = { readonly tiles: number; readonly withPicture: number };

/**
 * Scrolls the grid at an even speed for a time, which may be none, and tells how many tiles are in view then, and how many of them have begun
 * with their picture.
 */
const flyAndLook = (page: Page, lengthMs: number): Promise<Seen> =>
  page.getByRole('grid', { name: 'Faces' }).evaluate(
    (grid, flight) =>
      new Promise<Seen>((resolve) => {
        const look = (): Seen => {
          const frame = grid.getBoundingClientRect();
          const tiles = [...grid.querySelectorAll('[role="gridcell"]')].filter((tile) => {
            const { top, bottom } = tile.getBoundingClientRect();
            return bottom > frame.top && top < frame.bottom;
          });
          const withPicture = tiles.filter((tile) => tile.querySelector('img') !== null).length;
          return { tiles: tiles.length, withPicture };
        };
        const startMs = performance.now();
        const step = (): void => {
          const passedMs = performance.now() - startMs;
          if (passedMs >= flight.lengthMs) {
            resolve(look());
            return;
          }
          grid.scrollTop = flight.pxPerMs * passedMs;
          requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
    { pxPerMs: PX_PER_MS, lengthMs },
  );

test('pictures wait while the grid flies past them, and come when it has landed', async ({
  studio,
  electron,
  homes,
  complaints,
}) => {
  test.setTimeout(180_000);
  await openWorkspace(studio, electron, await makeWorkspace(homes, PHOTOS));
  await studio.getByRole('grid', { name: 'Faces' }).getByRole('gridcell').first().click();
  await studio.getByRole('slider', { name: 'Tile size' }).press('End');
  const room = await studio
    .getByRole('grid', { name: 'Faces' })
    .evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
  expect(room).toBeGreaterThan(PX_PER_MS * FLIGHT_MS);
  // One that stutters lands for a moment: a flight that does not is waited for.
  const withoutPicture = async (): Promise<number> => {
    const { tiles, withPicture } = await flyAndLook(studio, FLIGHT_MS);
    return (tiles - withPicture) / tiles;
  };
  await expect.poll(withoutPicture).toBeGreaterThan(0.5);
  await expect.poll(async () => (await flyAndLook(studio, 0)).withPicture).toBeGreaterThan(0);
  const landed = await flyAndLook(studio, 0);
  expect(landed.withPicture).toBe(landed.tiles);
  expect(complaints).toEqual([]);
});
