import type { Page } from '@playwright/test';
import { makePeople } from './photos.ts';
import { expect, settingsDialog, test } from './studio.ts';

/** Width and height of the window, and its zoom. */
const SIZES = [
  [1440, 900, 1],
  [1024, 700, 1],
  [800, 600, 1],
  [1440, 900, 2],
] as const;

/** Elements that would have to be scrolled sideways, or whose text sticks out of the window. */
const overflowing = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll(
        'html, body, main, header, footer, [role="grid"], [role="dialog"], [role="dialog"] *',
      ),
    ]
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      .filter((element) => !['hidden', 'clip'].includes(getComputedStyle(element).overflowX))
      .map((element) => `${element.tagName} ${element.className}`),
  );

for (const theme of ['Dark', 'Light'] as const) {
  test(`every screen fits windows of 1440, 1024 and 800 px, and 200 % zoom, ${theme.toLowerCase()}`, async ({
    studio,
    application,
    homes,
    choose,
    complaints,
    photograph,
  }) => {
    await studio.keyboard.press('Control+8');
    await studio.getByText(theme, { exact: true }).click();
    await choose(await makePeople(homes.folder));
    await settingsDialog(studio).getByRole('button', { name: 'Align', exact: true }).click();
    await studio.getByText(/^Align people: 3 photos aligned/).waitFor({ timeout: 60_000 });
    await studio.getByRole('gridcell', { name: /^bob/ }).click();
    for (const [width, height, zoom] of SIZES) {
      await application.evaluate(
        ({ BrowserWindow }, size) => {
          const [window] = BrowserWindow.getAllWindows();
          window?.setContentSize(size.width, size.height);
          window?.webContents.setZoomFactor(size.zoom);
        },
        { width, height, zoom },
      );
      await studio.waitForFunction((expected) => innerWidth === expected, width / zoom);
      const look = async (name: string): Promise<void> => {
        await photograph(`${String(width)}-${zoom === 1 ? '' : 'zoomed-'}${theme.toLowerCase()}-${name}`);
        expect(await overflowing(studio), `${name} at ${String(width)} px, ${String(zoom)} x`).toEqual([]);
      };
      await look('library');
      await studio.keyboard.press('Enter');
      await expect(studio.locator('.picture img')).toBeVisible();
      await look('photo');
      await studio.keyboard.press('Escape');
      await studio.keyboard.press('Control+o');
      await expect(settingsDialog(studio)).toBeVisible();
      await settingsDialog(studio).getByText('Advanced').click();
      await look('settings-of-folder');
      await studio.keyboard.press('Escape');
      await studio.keyboard.press('Control+k');
      await expect(studio.getByPlaceholder('Type a command')).toBeFocused();
      await look('palette');
      await studio.keyboard.press('Escape');
      await studio.keyboard.press('?');
      await look('keys');
      await studio.keyboard.press('Escape');
      await studio.keyboard.press('Control+7');
      await look('activity');
      await studio.keyboard.press('Control+8');
      await look('settings');
      await studio.getByRole('heading', { name: 'Keys', exact: true }).scrollIntoViewIfNeeded();
      await studio.locator('.settings').evaluate((element) => {
        element.scrollTop = element.scrollHeight;
      });
      await look('settings-keys');
      await studio.keyboard.press('Control+1');
      await studio
        .locator('[data-index]:focus, [role="grid"]')
        .first()
        .click({ position: { x: 20, y: 20 } });
    }
    expect(complaints).toEqual([]);
  });
}
