import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { listFaces, makeWorkspace, openWorkspace, runCommand } from './workspaces.ts';
import { expect, launchElectron, test } from './studio.ts';

const PHOTOS = 16;

/** Notes for each key how long it takes until another face is shown, decoded and painted. */
const watchKeys = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const times: number[] = [];
    Reflect.set(window, 'keyTimes', times);
    const shown = (): string | null =>
      document.querySelector('.picture[data-face]')?.getAttribute('data-face') ?? null;
    window.addEventListener(
      'keydown',
      (event) => {
        const before = shown();
        const wait = (): void => {
          const image = document.querySelector<HTMLImageElement>('img.current');
          if (shown() === before || image?.complete !== true || image.naturalWidth === 0) {
            requestAnimationFrame(wait);
            return;
          }
          // The frame that is drawn now is on the screen when the next one begins.
          requestAnimationFrame(() => times.push(performance.now() - event.timeStamp));
        };
        requestAnimationFrame(wait);
      },
      { capture: true },
    );
  });

test('ten faces are reviewed by keys, each in a moment, and a restart shows the same', async ({
  studio,
  homes,
  application,
  complaints,
  photograph,
}) => {
  const folder = await makeWorkspace(homes, PHOTOS);
  const total = listFaces(homes, folder).length;
  await openWorkspace(studio, application, folder);
  await expect(studio.getByRole('main')).toBeVisible();
  await runCommand(studio, 'Review these faces');
  await expect(studio.getByText(`1 / ${String(total)}`)).toBeVisible();
  await studio.locator('img.current').waitFor();
  await photograph('review');
  await runCommand(studio, 'Light theme');
  await photograph('review-light');
  await runCommand(studio, 'Dark theme');
  await watchKeys(studio);

  const keys = ['a', 'x', 'n', 'u', 'i', 'a', 'a', 'x', 'a', 'a'];
  for (const [place, key] of keys.entries()) {
    await studio.keyboard.press(key);
    await expect(studio.getByText(`${String(place + 2)} / ${String(total)}`)).toBeVisible();
  }
  await expect(studio.getByText('10 decided')).toBeVisible();
  await photograph('review-decided');
  const times = await studio.evaluate(() => Reflect.get(window, 'keyTimes') as number[]); // put there above
  const sorted = [...times].sort((a, b) => a - b);
  process.stdout.write(`From key to next picture, ms: ${sorted.map((time) => time.toFixed(0)).join(' ')}\n`);
  expect(sorted).toHaveLength(keys.length);

  const states = () => {
    const counts: Record<string, number> = {};
    for (const { state } of listFaces(homes, folder)) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  };
  const decided = {
    confirmed: 5,
    rejected: 2,
    'not-a-face': 1,
    unusable: 1,
    ignored: 1,
    unreviewed: total - 10,
  };
  await expect.poll(states).toEqual(decided);

  // Undo goes back to the face that was decided last.
  await studio.keyboard.press('Control+z');
  await expect(studio.getByText(`10 / ${String(total)}`)).toBeVisible();
  await expect.poll(() => states()['confirmed']).toBe(4);
  await studio.keyboard.press('a');
  await expect.poll(states).toEqual(decided);

  // Moved to somebody new, by typing a name.
  await studio.keyboard.press('m');
  await studio.keyboard.type('Cy');
  await photograph('move-to');
  await studio.keyboard.press('Enter');
  await expect
    .poll(() => listFaces(homes, folder).filter(({ identity }) => identity?.name === 'Cy').length)
    .toBe(1);
  await studio.keyboard.press('Control+h');
  await expect(studio.getByRole('complementary', { name: 'History' })).toContainText('Moved 1 face to Cy.');
  await photograph('history');
  expect(complaints).toEqual([]);

  // What is folded away stays so.
  await studio.keyboard.press('Control+h');
  await studio.keyboard.press('Escape');
  await studio.keyboard.press('Control+b');
  await expect(studio.getByRole('button', { name: 'Show filters' })).toBeVisible();
  const settings = join(homes.environment['FACENET_STUDIO_HOME'] ?? '', 'settings.json');
  await expect.poll(() => readFileSync(settings, 'utf8')).toContain('"facets": false');

  const child = application.process();
  await application.evaluate(({ app }) => {
    app.quit();
  });
  await expect.poll(() => child.exitCode).toBe(0);
  const again = await launchElectron(homes);
  const page = await again.firstWindow();
  await page.getByText(/work/).first().waitFor();
  await expect(page.getByRole('button', { name: 'Show filters' })).toBeVisible();
  await runCommand(page, 'Review these faces');
  await expect(page.getByText(`1 / ${String(total)}`)).toBeVisible();
  await page.locator('.strip .mark').nth(9).waitFor();
  await expect(page.locator('.strip .mark')).toHaveCount(10);
  await page.keyboard.press('Control+h');
  await expect(page.getByRole('complementary', { name: 'History' })).toContainText('Moved 1 face to Cy.');
  await again.close();
});
