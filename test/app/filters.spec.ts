import { makeMany, makePeople } from './photos.ts';
import { expect, settingsDialog, test } from './studio.ts';

test('photos that failed or have no face are one filter away, each with its reason', async ({
  studio,
  homes,
  choose,
  complaints,
  photograph,
}) => {
  await choose(await makePeople(homes.folder));
  await settingsDialog(studio).getByRole('button', { name: 'Align', exact: true }).click();
  await studio.getByText(/^Align people: 3 photos aligned/).waitFor({ timeout: 60_000 });
  await studio.getByRole('button', { name: /^Failed Failed/ }).click();
  await expect(studio.getByRole('gridcell')).toHaveCount(2);
  await expect(
    studio.getByRole('gridcell', { name: /half\.jpg, Failed: The file ends before the picture does/ }),
  ).toBeVisible();
  await expect(studio.getByRole('gridcell', { name: /empty\.jpg, Failed: .*empty/i })).toBeVisible();
  await photograph('failed');
  await studio.getByRole('button', { name: /^No face No face/ }).click();
  await expect(studio.getByRole('gridcell')).toHaveCount(1);
  await expect(studio.getByRole('gridcell', { name: /plain\.png, No face: / })).toBeVisible();
  await photograph('no-face');
  await studio.getByRole('button', { name: /^Skipped Skipped/ }).click();
  await expect(studio.getByRole('gridcell', { name: /notes\.txt, Skipped: / })).toBeVisible();
  await studio.getByRole('button', { name: 'Remove filter: Skipped' }).click();
  await expect(studio.getByRole('gridcell')).toHaveCount(7);
  expect(complaints).toEqual([]);
});

test('arrows step through large photos, and Esc leads back to the same selection and scroll', async ({
  studio,
  homes,
  choose,
  complaints,
}) => {
  await choose(makeMany(homes.folder, 90));
  await studio.keyboard.press('Enter');
  await studio.getByRole('gridcell', { name: /^0000\.jpg/ }).waitFor();
  const grid = studio.getByRole('grid', { name: 'Photos' });
  const columns = Number(await grid.getAttribute('aria-colcount'));
  await grid.hover();
  await studio.mouse.wheel(0, 700);
  const scrollTop = (): Promise<number> => grid.evaluate((element) => element.scrollTop);
  await expect.poll(scrollTop).toBe(700);
  const index = columns * 5 + 2;
  const tile = studio.locator(`[data-index="${String(index)}"]`);
  await tile.click();
  await studio.locator(`[data-index="${String(index + 1)}"]`).click({ modifiers: ['Control'] });
  const before = await scrollTop();
  const selected = studio.locator('[aria-selected="true"]');
  await expect(selected).toHaveCount(2);
  await studio.keyboard.press('Enter');
  await expect(studio.getByText(`${String(index + 2)} / 90`)).toBeVisible();
  await studio.keyboard.press('Escape');
  await expect(selected).toHaveCount(2);
  expect(await scrollTop()).toBe(before);
  await tile.click();
  await studio.keyboard.press('Enter');
  await studio.keyboard.press('ArrowRight');
  await expect(studio.getByText(`${String(index + 2)} / 90`)).toBeVisible();
  await studio.keyboard.press('ArrowLeft');
  await expect(studio.getByText(`${String(index + 1)} / 90`)).toBeVisible();
  await studio.keyboard.press('Escape');
  await expect(tile).toBeFocused();
  await expect(selected).toHaveCount(1);
  expect(await scrollTop()).toBe(before);
  expect(complaints).toEqual([]);
});
