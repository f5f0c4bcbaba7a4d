import { basename, join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect } from './studio.ts';

/** Answers the system's dialog for a folder with this one. */
const answerFolder = (electron: ElectronApplication, folder: string): Promise<void> =>
  electron.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, folder);

const chooseItem = (electron: ElectronApplication, label: string): Promise<void> =>
  electron.evaluate(({ Menu }, wanted) => {
    const file = Menu.getApplicationMenu()?.items.find((item) => item.label === 'File');
    file?.submenu?.items.find((item) => item.label === wanted)?.click();
  }, label);

/** Makes a workspace as a person does, in a new folder of the home; gives that folder. */
export const makeWorkspace = async (
  page: Page,
  electron: ElectronApplication | null,
  parent: string,
): Promise<string> => {
  const folder = join(parent, 'curated');
  if (electron === null) {
    await page.getByRole('button', { name: 'New workspace' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make a workspace' });
    await dialog.getByLabel('New folder in here').fill('curated');
    await dialog.getByRole('button', { name: 'Make workspace' }).click();
  } else {
    await answerFolder(electron, folder);
    await chooseItem(electron, 'New workspace…');
  }
  await expect(page.getByText('curated is empty.')).toBeVisible();
  return folder;
};

/** Adds a folder of photos by the button of the empty library, or by its key. */
export const addFolder = async (
  page: Page,
  electron: ElectronApplication | null,
  folder: string,
): Promise<void> => {
  if (electron !== null) await answerFolder(electron, folder);
  const button = page.getByRole('button', { name: 'Add a folder of photos' }).last();
  await button.click();
  if (electron !== null) return;
  const dialog = page.getByRole('dialog', { name: 'Open a folder of photos' });
  await dialog.getByRole('button', { name: basename(folder), exact: true }).click();
  await dialog.getByRole('button', { name: 'Open this folder' }).click();
};
