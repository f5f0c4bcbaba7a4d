import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './studio.ts';
import { listFaces, makeWorkspace, openWorkspace, runCommand } from './workspaces.ts';

const PHOTOS = 6;
const crops = (dataset: string, identity: string): number =>
  readdirSync(join(dataset, identity)).filter((name) => name.endsWith('.png')).length;

test('a curator exports what is kept, is told what was left out, and may not write over anything', async ({
  studio,
  electron,
  homes,
  complaints,
  photograph,
}) => {
  test.setTimeout(180_000);
  const folder = await makeWorkspace(homes, PHOTOS);
  const dataset = join(homes.folder, 'dataset');
  await openWorkspace(studio, electron, folder);
  const faces = studio.getByRole('grid', { name: 'Faces' }).getByRole('gridcell');
  await faces.first().click();
  await studio.keyboard.press('x');
  await expect(faces.first()).toHaveAccessibleName(/Rejected/i);

  const askForExport = async (): Promise<void> => {
    await electron?.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, dataset);
    await runCommand(studio, 'Export the dataset');
    if (electron !== null) return;
    const chooser = studio.getByRole('dialog', { name: 'Choose the folder for the export' });
    await chooser.getByLabel('New folder in here').fill('dataset');
    await chooser.getByRole('button', { name: 'Export into this folder' }).click();
  };
  await askForExport();
  const dialog = studio.getByRole('dialog', { name: 'Export work' });
  await expect(dialog.getByRole('checkbox', { name: 'Confirmed' })).toBeChecked();
  await photograph('export');
  await dialog.getByRole('radio', { name: 'Another size' }).check({ force: true });
  await dialog.getByLabel('Crop size').fill('5');
  await expect(dialog.getByText(/^The crop size is a whole number from/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Export', exact: true })).toBeDisabled();
  await dialog.getByRole('radio', { name: 'As they are in the workspace' }).check({ force: true });
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('status')).toContainText('1 rejected', { timeout: 60_000 });
  await photograph('export-done');
  const kept = listFaces(homes, folder).filter(
    ({ state, identity }) => identity !== null && state === 'unreviewed',
  );
  expect(kept.length).toBeGreaterThan(2);
  expect(crops(dataset, 'ann') + crops(dataset, 'bob')).toBe(kept.length);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();

  // A folder that is in use is refused with a sentence, and is left as it is.
  writeFileSync(join(dataset, 'mine.txt'), 'mine');
  await askForExport();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText(/not empty/)).toBeVisible();
  await photograph('export-refused');
  const another = join(homes.folder, 'another');
  await electron?.evaluate(({ dialog: dialogs }, chosen) => {
    dialogs.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, another);
  await dialog.getByRole('button', { name: 'Choose another folder' }).click();
  if (electron === null) {
    const chooser = studio.getByRole('dialog', { name: 'Choose the folder for the export' });
    await chooser.getByLabel('New folder in here').fill('another');
    await chooser.getByRole('button', { name: 'Export into this folder' }).click();
  }
  await expect(dialog.getByText(/not empty/)).toBeHidden();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('status')).toContainText('1 rejected', { timeout: 60_000 });
  expect(crops(another, 'ann') + crops(another, 'bob')).toBe(kept.length);
  await studio.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(existsSync(join(dataset, 'mine.txt'))).toBe(true);
  expect(complaints).toEqual([]);
});
