import { expect, test } from './studio.ts';

test('one click shows the faces of the sample photos, and keys lead through them', async ({
  studio,
  complaints,
  photograph,
}) => {
  await studio.getByRole('button', { name: 'Try the sample photos' }).click();
  await studio.getByText(/^Align samples: 6 photos aligned/).waitFor({ timeout: 60_000 });
  const last = studio.locator('[data-index="5"]');
  await expect(last.locator('svg [data-face="0"]')).toBeAttached();
  const picture = last.locator('img');
  await expect
    .poll(() => picture.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)))
    .toBe(320);
  await photograph('samples');

  await studio.click('[data-index="1"]');
  await studio.keyboard.press('Enter');
  await expect(studio.getByRole('application', { name: 'Photo sample2.jpg' })).toBeVisible();
  await expect(studio.locator('.picture rect.line').first()).toBeVisible();
  await studio.keyboard.press('ArrowRight');
  await expect(studio.getByRole('application', { name: 'Photo sample3.jpg' })).toBeVisible();
  await expect(studio.locator('.picture img')).toHaveAttribute('src', /photo\/[^/]+\/2\?size=1600/);
  await photograph('photo');
  await studio.keyboard.press('Escape');
  await expect(studio.locator('[data-index="2"]')).toBeFocused();
  expect(complaints).toEqual([]);
});

test('Activity says what was done and by which engine', async ({ studio, complaints, photograph }) => {
  await studio.getByRole('button', { name: 'Try the sample photos' }).click();
  await studio.getByText(/^Align samples: 6 photos aligned/).waitFor({ timeout: 60_000 });
  await studio.getByRole('button', { name: 'Activity' }).first().click();
  await expect(studio.getByRole('article', { name: 'Align samples' })).toContainText('22 faces, 6 crops');
  await expect(studio.getByRole('article', { name: 'Engine' })).toContainText(/TensorFlow|WebAssembly/);
  await photograph('activity');
  await studio.getByRole('button', { name: '6 aligned' }).click();
  await expect(studio.getByRole('gridcell')).toHaveCount(6);
  expect(complaints).toEqual([]);
});
