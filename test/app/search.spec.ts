import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { copyLfw, hasLfw } from './people.ts';
import { expect, test } from './studio.ts';
import { listFaces, openWorkspace, runCommand, workspaceOf } from './workspaces.ts';

const PEOPLE = 6;
const PHOTOS_OF_EACH = 4;

/** Lets a file go over the window. */
const dropFile = async (page: Page, file: string): Promise<void> => {
  const dropped = await page.evaluateHandle((bytes) => {
    const transfer = new DataTransfer();
    const picture = Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0));
    transfer.items.add(new File([picture], 'holiday.jpg', { type: 'image/jpeg' }));
    return transfer;
  }, readFileSync(file).toString('base64'));
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: dropped });
  await expect(page.getByText('Drop the picture to find faces like the one in it')).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer: dropped });
};

test.describe('the search for faces', () => {
  test.skip(!hasLfw(), 'There is no LFW here.');
  test.setTimeout(180_000);

  test('finds the nearest faces of a face, of an identity and of a dropped picture, on both sides of the threshold', async ({
    studio,
    electron,
    homes,
    complaints,
    photograph,
  }) => {
    const folder = copyLfw(homes.folder, PEOPLE, PHOTOS_OF_EACH);
    const [first = '', second = '', third = ''] = readdirSync(folder).sort();
    // A photo of the first one lies in the folder of the second.
    renameSync(join(folder, first, `${first}_0004.jpg`), join(folder, second, `${first}_0004.jpg`));
    const work = workspaceOf(homes, folder);
    await openWorkspace(studio, electron, work);
    // Some photos show more than one face.
    const all = listFaces(homes, work);
    const count = all.length;
    const facesOf = (name: string): number => all.filter(({ identity }) => identity?.name === name).length;
    const tiles = studio.getByRole('grid').getByRole('gridcell');
    await expect(tiles).toHaveCount(count);
    await tiles.first().click();
    const inspector = studio.getByRole('complementary', { name: 'Inspector' });
    await inspector.getByRole('button', { name: /^Nearest faces/ }).click();

    // Nothing long begins unasked.
    await studio.getByRole('button', { name: `Embed ${String(count)} faces and search` }).click();
    const closer = studio.getByRole('listbox', { name: 'Faces below the threshold' }).getByRole('option');
    const found = studio.getByRole('option');
    await expect(found).toHaveCount(count - 1, { timeout: 120_000 });
    await expect(closer).toHaveCount(PHOTOS_OF_EACH - 1);
    await expect(
      studio.getByRole('separator').getByText(/^Threshold \d\.\d{4}, Euclidean distance$/),
    ).toBeVisible();
    await expect(
      studio.getByText(`3 below the threshold · ${String(count - 1)} faces searched`),
    ).toBeVisible();
    const nearest = all.filter(({ file }) => file.includes(first));
    const ids = await closer.evaluateAll((cells) => cells.map((cell) => cell.dataset['face']));
    for (const id of ids) expect(nearest.map((face) => String(face.id))).toContain(id);
    await photograph('search');
    await runCommand(studio, 'Light theme');
    await photograph('search-light');
    await runCommand(studio, 'Dark theme');

    // On from a face that was found, back, and to the library as it was.
    await studio.keyboard.press('ArrowRight');
    await expect(found.nth(1)).toHaveAttribute('aria-selected', 'true');
    const farther = (await found.nth(1).getAttribute('data-face')) ?? '';
    await studio.keyboard.press('Enter');
    await expect(studio.locator(`[role=option][data-face="${farther}"]`)).toHaveCount(0);
    await studio.keyboard.press('Escape');
    await expect(studio.locator(`[role=option][data-face="${farther}"]`)).toHaveCount(1);
    await studio.keyboard.press('Escape');
    await expect(tiles.first()).toBeFocused();

    // Who looks like an identity and bears another name is moved to it, and is found no more.
    await studio.keyboard.press('Shift+S');
    await expect(found).toHaveCount(count - facesOf(first));
    const named = (name: string): string => name.replaceAll('_', ' ');
    const strayed = all.find(({ file }) => file.endsWith(`${first}_0004.jpg`));
    await expect(found.first()).toHaveAttribute('data-face', String(strayed?.id));
    await studio.keyboard.press('m');
    const picker = studio.getByRole('dialog').getByRole('combobox');
    await picker.fill(first);
    await studio
      .getByRole('option', { name: new RegExp(`^${first}|^${named(first)}`) })
      .first()
      .waitFor();
    await studio.keyboard.press('Enter');
    await expect(found).toHaveCount(count - facesOf(first) - 1);
    await studio.keyboard.press('Control+z');
    await expect(found).toHaveCount(count - facesOf(first));
    await studio.keyboard.press('Escape');

    // By a picture, and on in the library.
    await dropFile(studio, join(folder, third, `${third}_0001.jpg`));
    await expect(studio.getByRole('heading', { name: 'Faces like the one in holiday.jpg' })).toBeVisible();
    await expect(found).toHaveCount(count);
    await expect(closer).toHaveCount(PHOTOS_OF_EACH);
    await photograph('search-picture');
    await studio.getByRole('button', { name: 'Show the 4 closer faces in the library' }).click();
    await expect(tiles).toHaveCount(PHOTOS_OF_EACH);
    expect(complaints).toEqual([]);
  });
});
