import { makePeople } from './photos.ts';
import { nameOfSize, overflowing, resizeWindow, SIZES } from './sizes.ts';
import { expect, settingsDialog, test } from './studio.ts';

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
    for (const size of SIZES) {
      await resizeWindow(application, studio, size);
      const look = async (name: string): Promise<void> => {
        await photograph(`${nameOfSize(size, theme)}-${name}`);
        expect.soft(await overflowing(studio), `${name}, ${JSON.stringify(size)}`).toEqual([]);
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
