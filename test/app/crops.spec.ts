import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makePeople } from './photos.ts';
import { expect, settingsDialog, test } from './studio.ts';

test('a folder is aligned as somebody chooses, and anew as they choose later', async ({
  studio,
  homes,
  choose,
  complaints,
  photograph,
}) => {
  await choose(await makePeople(homes.folder));
  const dialog = settingsDialog(studio);
  await expect(dialog.getByRole('radio', { name: /^Relative/ })).toBeChecked();
  await photograph('crop-settings');
  await dialog.getByText('Landmarks', { exact: true }).click();
  await dialog.getByRole('button', { name: '160' }).click();
  await dialog.getByText('Advanced').click();
  await dialog.getByRole('spinbutton', { name: 'Smallest face' }).fill('5');
  await expect(dialog.getByText('The smallest face is a number from 12 to 10,000 px.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Align', exact: true })).toBeDisabled();
  await photograph('crop-settings-advanced');
  await dialog.getByRole('spinbutton', { name: 'Smallest face' }).fill('40');
  await dialog.getByLabel('Use for further folders too').check();
  await dialog.getByRole('button', { name: 'Align', exact: true }).click();
  await studio.getByText(/^Align people: 3 photos aligned/).waitFor({ timeout: 60_000 });

  await studio.getByRole('gridcell', { name: /^ann\/1\.jpg/ }).click();
  const crop = studio.getByRole('img', { name: /^Crop of face/ }).first();
  const widthOf = (): Promise<number> =>
    crop.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0));
  await expect.poll(widthOf).toBe(160);
  const landmarks = await crop.getAttribute('src');

  await studio.locator('.entry', { hasText: 'people' }).hover();
  await studio.getByRole('button', { name: /^Crop settings: Landmarks, 160 px/ }).click();
  await expect(dialog.getByRole('radio', { name: /^Landmarks/ })).toBeChecked();
  await dialog.getByText('Box', { exact: true }).click();
  await photograph('crop-settings-anew');
  await dialog.getByRole('button', { name: 'Align anew' }).click();
  await expect(dialog).toBeHidden();
  await studio.getByRole('button', { name: 'Activity' }).first().click();
  const card = studio.getByRole('article', { name: 'Align people' });
  await expect(card).toContainText('Box, 160 px');
  await expect(card).toContainText('Done');
  await studio.keyboard.press('Control+1');
  await studio.getByRole('gridcell', { name: /^ann\/1\.jpg/ }).click();
  await expect.poll(() => crop.getAttribute('src')).not.toBe(landmarks);
  await expect.poll(widthOf).toBe(160);

  const other = join(homes.folder, 'other');
  mkdirSync(other);
  await choose(other);
  await expect(dialog.getByRole('radio', { name: /^Landmarks/ })).toBeChecked();
  await dialog.getByRole('button', { name: 'Recommended settings' }).click();
  await expect(dialog.getByRole('radio', { name: /^Relative/ })).toBeChecked();
  await expect(dialog.getByRole('spinbutton', { name: 'Crop size' })).toHaveValue('182');
  await studio.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(studio.locator('.entry', { hasText: 'other' })).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test('an empty folder says that it has no photos and offers another', async ({
  studio,
  homes,
  choose,
  complaints,
  photograph,
}) => {
  const empty = join(homes.folder, 'nothing here');
  mkdirSync(empty);
  await choose(empty);
  await studio.keyboard.press('Enter');
  await expect(
    studio.getByRole('alert').getByText(/nothing here: name the folder that holds them/),
  ).toBeVisible();
  await expect(studio.getByRole('button', { name: 'Open another folder' })).toBeVisible();
  await photograph('empty-folder');
  expect(complaints).toEqual([]);
});
