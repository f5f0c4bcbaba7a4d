import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { overflowing, nameOfSize, resizeWindow, SIZES } from './sizes.ts';
import { expect, PROJECT, test } from './studio.ts';
import { openWorkspace, runCommand, workspaceOf } from './workspaces.ts';

const SAMPLES = join(PROJECT, 'node_modules', '@vladmandic', 'face-api', 'demo');
/** Names as datasets have them: very long, from right to left, of several code points each, with nowhere to break. */
const NAMES = [
  'A name that does not end '.repeat(8).trim(),
  'unbroken'.repeat(25),
  'محمد عبد الرحمن بن خالد',
  '👩‍👩‍👧‍👦 Familie Müller 🎂',
] as const;

/** A folder with one identity of each name, two photos each. */
const makeNamed = async (folder: string): Promise<string> => {
  const people = join(folder, 'named');
  for (const [place, name] of NAMES.entries()) {
    mkdirSync(join(people, name), { recursive: true });
    for (const number of [1, 2])
      // Each of another size, so that none is a duplicate.
      await sharp(join(SAMPLES, `sample${String(1 + ((2 * place + number) % 6))}.jpg`))
        .resize({ width: 900 + place })
        .toFile(join(people, name, `${String(number)}.jpg`));
  }
  return people;
};

/** The Keep screen, a restore and a removal before they are said to be done, and the library again. */
const lookAtKeep = async (studio: Page, look: (name: string) => Promise<void>): Promise<void> => {
  await runCommand(studio, 'Remove a person for good');
  const who = studio.getByRole('dialog', { name: 'Remove a person for good' });
  await who.getByLabel('Person').fill('unbroken');
  await look('remove-whom');
  await who.getByRole('button', { name: /^unbroken/ }).click();
  await expect(studio.getByText('This cannot be undone')).toBeVisible();
  await look('remove');
  await studio.keyboard.press('Escape');
  await studio.getByRole('button', { name: 'Keep', exact: true }).click();
  const backups = studio.getByRole('region', { name: 'Backups' });
  await backups
    .getByRole('button', { name: /^Restore/ })
    .first()
    .click();
  await expect(studio.getByRole('dialog', { name: /^Restore the backup of/ })).toBeVisible();
  await look('restore');
  await studio.keyboard.press('Escape');
  await look('keep');
  await studio.getByRole('button', { name: 'Library', exact: true }).click();
};

for (const theme of ['Dark', 'Light'] as const) {
  test(`every screen of a workspace with long names fits windows of 1440, 1024 and 800 px, and 200 % zoom, ${theme.toLowerCase()}`, async ({
    studio,
    application,
    homes,
    complaints,
    photograph,
  }) => {
    test.setTimeout(240_000);
    const folder = workspaceOf(homes, await makeNamed(homes.folder));
    await openWorkspace(studio, application, folder);
    const tiles = studio.getByRole('grid', { name: 'Faces' }).getByRole('gridcell');
    await tiles.first().click();
    await runCommand(studio, `${theme} theme`);
    for (const size of SIZES) {
      await resizeWindow(application, studio, size);
      const look = async (name: string): Promise<void> => {
        await photograph(`${nameOfSize(size, theme)}-workspace-${name}`);
        expect.soft(await overflowing(studio), `${name}, ${JSON.stringify(size)}`).toEqual([]);
      };
      await look('library');
      await studio.keyboard.press('Control+i');
      await look('inspector');
      await studio.keyboard.press('Control+i');
      await studio.keyboard.press('Control+b');
      await look('facets');
      await studio.keyboard.press('Control+b');
      await tiles.first().click();
      await studio.keyboard.press('m');
      await expect(studio.getByPlaceholder('Type a name')).toBeFocused();
      await look('move');
      await studio.keyboard.press('Escape');
      await tiles.nth(2).click({ modifiers: ['Shift'] });
      await studio.keyboard.press('m');
      await studio.keyboard.type('unbroken');
      await studio.keyboard.press('Enter');
      await expect(studio.getByRole('dialog', { name: /^Move to unbroken/ })).toBeVisible();
      await look('change');
      await studio.keyboard.press('Escape');
      await tiles.first().click();
      await runCommand(studio, 'Review these faces');
      await studio.locator('img.current').waitFor();
      await look('review');
      await studio.keyboard.press('Escape');
      await runCommand(studio, 'Edit the box');
      await studio.locator('.handle').first().waitFor();
      await look('editor');
      await studio.keyboard.press('Escape');
      await studio.keyboard.press('Control+h');
      await look('history');
      await studio.keyboard.press('Control+h');
      await application.evaluate(
        ({ dialog }, chosen) => {
          dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
        },
        join(homes.folder, 'a dataset with a long name '.repeat(7).trim()),
      );
      await runCommand(studio, 'Export the dataset');
      const dialog = studio.getByRole('dialog', { name: 'Export work' });
      await dialog.getByRole('radio', { name: 'Another size' }).check({ force: true });
      await look('export');
      await studio.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
      await lookAtKeep(studio, look);
    }
    expect(complaints).toEqual([]);
  });
}
