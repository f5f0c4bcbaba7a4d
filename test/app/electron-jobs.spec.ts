import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { makeMany, makePeople } from './photos.ts';
import { expect, PROJECT, settingsDialog, test, type Homes } from './studio.ts';

/** Enough to be paused among, few enough for a busy machine. */
const PHOTOS = 40;
const DONE_WITHIN = { timeout: 60_000 };

test('a folder job is paused and resumed in Activity, and its log says so', async ({
  studio,
  homes,
  choose,
  complaints,
  photograph,
}) => {
  await choose(makeMany(homes.folder, PHOTOS));
  await settingsDialog(studio).getByRole('button', { name: 'Align', exact: true }).click();
  await studio.getByRole('button', { name: 'Activity' }).first().click();
  const card = studio.getByRole('article', { name: 'Align many' });
  await card.getByText(new RegExp(`^[1-9]\\d* / ${String(PHOTOS)}`)).waitFor(DONE_WITHIN);
  await card.getByRole('button', { name: 'Pause' }).click();
  await card.getByText('Paused', { exact: true }).waitFor(DONE_WITHIN);
  await expect(card.getByRole('button', { name: 'Pause' })).toBeHidden();
  await card.getByText('Log', { exact: true }).click();
  await photograph('job-paused');
  await card.getByRole('button', { name: 'Resume' }).click();
  await card.getByText('Done', { exact: true }).waitFor(DONE_WITHIN);
  await expect(card.getByRole('button', { name: `${String(PHOTOS)} aligned` })).toBeVisible();
  await expect(card.getByText('Paused. What was done is kept.')).toBeVisible();
  expect(complaints).toEqual([]);
});

const studioCommand = (homes: Homes, ...args: readonly string[]): void => {
  execFileSync(process.execPath, [join(PROJECT, 'out', 'main', 'cli.js'), ...args], {
    env: homes.environment,
  });
};

/** Opens a workspace as a person does: by the menu and the system's dialog. */
const openWorkspace = (application: ElectronApplication, folder: string): Promise<void> =>
  application.evaluate(({ dialog, Menu }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'File');
    file?.submenu?.items.find(({ label }) => label === 'Open workspace…')?.click();
  }, folder);

test('photos that come into an open workspace are aligned by themselves, and Activity tells of it', async ({
  studio,
  application,
  homes,
  complaints,
  photograph,
}) => {
  const people = await makePeople(homes.folder);
  const work = join(homes.folder, 'work');
  studioCommand(homes, 'init', work);
  studioCommand(homes, 'add', work, people);
  await openWorkspace(application, work);
  const [first = ''] = readdirSync(join(people, 'ann'));
  copyFileSync(join(people, 'ann', first), join(people, 'bob', 'another.jpg'));
  await studio
    .getByText(/^Align work: \d+ photos aligned/)
    .first()
    .waitFor(DONE_WITHIN);
  await studio.getByRole('button', { name: 'Activity' }).first().click();
  const card = studio.getByRole('article', { name: 'Align work' });
  await card.getByRole('button', { name: '1 duplicate' }).waitFor(DONE_WITHIN);
  await expect(card.getByRole('button', { name: /^\d+ unreadable$/ })).toBeVisible();
  await photograph('job-workspace');
  await card.getByRole('button', { name: '1 duplicate' }).click();
  await expect(card).toBeHidden();
  await expect(studio.getByRole('grid', { name: 'Files' }).getByRole('gridcell')).toHaveCount(1);
  expect(complaints).toEqual([]);
});
