import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import sharp from 'sharp';
import { PROJECT, type Homes } from './studio.ts';

const SAMPLES = join(PROJECT, 'node_modules', '@vladmandic', 'face-api', 'demo');
const CLI = join(PROJECT, 'out', 'main', 'cli.js');

/** What `facenet-studio list --json` says of a face. */
export type ListedFace = {
  readonly id: number;
  readonly file: string;
  readonly state: string;
  readonly identity: { readonly name: string } | null;
  readonly crop: string | null;
  readonly box: readonly number[];
};

/** Runs the command line, which may say by its code that some photos could not be done. */
const runCli = (homes: Homes, args: readonly string[]): string => {
  try {
    return execFileSync(process.execPath, [CLI, ...args], { env: homes.environment, encoding: 'utf8' });
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 3 && 'stdout' in error)
      return String(error.stdout);
    throw error;
  }
};

/** The faces of a workspace as another process reads them. */
export const listFaces = (homes: Homes, folder: string): readonly ListedFace[] =>
  (JSON.parse(runCli(homes, ['list', folder, '--json'])) as { faces: ListedFace[] }).faces; // the command's own format

/** The bytes of a face's crop. */
export const cropBytes = (folder: string, { crop }: ListedFace): Buffer =>
  readFileSync(join(folder, crop ?? ''));

/** A workspace named `work` of a folder of photos, aligned. */
export const workspaceOf = (homes: Homes, photos: string): string => {
  const folder = join(homes.folder, 'work');
  runCli(homes, ['init', folder]);
  runCli(homes, ['add', folder, photos]);
  runCli(homes, ['align', folder, '--quiet']);
  return folder;
};

/** A workspace named `work` of two people with `count` photos in all, each of other content, aligned. */
export const makeWorkspace = async (homes: Homes, count: number): Promise<string> => {
  const photos = join(homes.folder, 'people');
  for (const name of ['ann', 'bob']) mkdirSync(join(photos, name), { recursive: true });
  for (let index = 0; index < count; index += 1) {
    const name = index % 2 === 0 ? 'ann' : 'bob';
    await sharp(join(SAMPLES, `sample${String(1 + (index % 6))}.jpg`))
      .resize({ width: 400 + index })
      .jpeg({ quality: 90 })
      .toFile(join(photos, name, `${String(index).padStart(3, '0')}.jpg`));
  }
  return workspaceOf(homes, photos);
};

/** Runs a command by the palette, once it can be run. */
export const runCommand = async (page: Page, name: string): Promise<void> => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(name);
  await page.getByRole('option', { name }).first().waitFor();
  await page.keyboard.press('Enter');
};

/** Opens a workspace as a person does: by the palette, and the system's dialog or the browser's own list. */
export const openWorkspace = async (
  page: Page,
  electron: ElectronApplication | null,
  folder: string,
): Promise<void> => {
  await electron?.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, folder);
  await runCommand(page, 'Open workspace');
  if (electron !== null) return;
  const dialog = page.getByRole('dialog', { name: 'Open a workspace' });
  await dialog.getByRole('button', { name: basename(folder), exact: true }).click();
  await dialog.getByRole('button', { name: 'Open this workspace' }).click();
  await dialog.waitFor({ state: 'hidden' });
};
