import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { expect, test } from './studio.ts';
import { cropBytes, listFaces, makeWorkspace, openWorkspace, runCommand } from './workspaces.ts';

const PHOTOS = 8;
test.setTimeout(240_000);

/** Answers the system's dialog for a folder or a file with this one. */
const answer = async (electron: ElectronApplication | null, path: string): Promise<void> => {
  await electron?.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, path);
};

const section = (studio: Page, name: string): Locator => studio.getByRole('region', { name });

const firstFaces = (studio: Page): Locator =>
  studio.getByRole('grid', { name: 'Faces' }).getByRole('gridcell');

const openKeep = async (studio: Page): Promise<void> => {
  await studio.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(section(studio, 'Health')).toBeVisible();
};

test('a curator verifies a workspace, is led to the damaged crops, and has them made again', async ({
  studio,
  electron,
  homes,
  complaints,
  photograph,
}) => {
  await studio.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(studio.getByText(/No workspace is open/)).toBeVisible();
  await photograph('keep-empty');
  const folder = await makeWorkspace(homes, PHOTOS);
  await openWorkspace(studio, electron, folder);
  await runCommand(studio, 'Verify workspace');
  const health = section(studio, 'Health');
  await expect(health.getByText('All is as it should be')).toBeVisible({ timeout: 60_000 });
  await expect(section(studio, 'Backups').getByRole('row')).toHaveCount(2);
  await photograph('keep');

  const [first, second] = listFaces(homes, folder);
  if (first === undefined || second === undefined) throw new Error('There are no faces.');
  const before = cropBytes(folder, first);
  writeFileSync(join(folder, first.crop ?? ''), before.subarray(1));
  rmSync(join(folder, second.crop ?? ''));
  await health.getByRole('button', { name: 'Verify' }).click();
  await expect(health.getByText('2 problems found')).toBeVisible({ timeout: 60_000 });
  await photograph('keep-damaged');
  await health.getByRole('button', { name: '1 damaged crop' }).click();
  await expect(firstFaces(studio)).toHaveCount(1);
  await expect(studio.getByText('Only 1 face in question')).toBeVisible();

  await openKeep(studio);
  await health.getByRole('button', { name: 'Make 2 crops again' }).click();
  await expect(health.getByText('All is as it should be')).toBeVisible({ timeout: 120_000 });
  await expect(health.getByText('2 crops made again')).toBeVisible();
  const again = listFaces(homes, folder).find(({ id }) => id === first.id) ?? first;
  expect(cropBytes(folder, again)).toEqual(before);
  // The page forgets; the workspace does not.
  await studio.reload();
  await expect(health.getByText('All is as it should be')).toBeVisible();
  expect(complaints).toEqual([]);
});

test('a curator makes backups, checks them, and restores one after seeing what would be lost', async ({
  studio,
  electron,
  homes,
  complaints,
  photograph,
}) => {
  const folder = await makeWorkspace(homes, PHOTOS);
  await openWorkspace(studio, electron, folder);
  const faces = firstFaces(studio);
  await faces.first().click();
  await studio.keyboard.press('x');
  await expect(faces.first()).toHaveAccessibleName(/Rejected/i);
  await runCommand(studio, 'Back up now');
  await expect(studio.getByText(/Backup made and checked/)).toBeVisible();
  await faces.nth(1).click();
  await studio.keyboard.press('x');
  await expect(faces.nth(1)).toHaveAccessibleName(/Rejected/i);
  expect(listFaces(homes, folder).filter(({ state }) => state === 'rejected')).toHaveLength(2);

  await openKeep(studio);
  const backups = section(studio, 'Backups');
  await expect(backups.getByRole('row')).toHaveCount(3);
  const byHand = backups.getByRole('row').filter({ hasText: 'By hand' });
  await expect(byHand).toContainText('When it was made');
  const [daily = ''] = readdirSync(join(folder, 'backups')).filter((name) => name.includes('daily'));
  writeFileSync(join(folder, 'backups', daily), Buffer.alloc(9000, 1));
  await backups.getByRole('button', { name: 'Check all' }).click();
  await expect(byHand).toContainText('Whole, checked again');
  const damaged = backups.getByRole('row').filter({ hasText: 'Damaged' });
  await expect(damaged).toHaveCount(1);
  await expect(damaged.getByRole('button')).toBeDisabled();
  await photograph('keep-backups');

  await byHand.getByRole('button', { name: /^Restore/ }).click();
  const dialog = studio.getByRole('dialog', { name: /^Restore the backup of/ });
  await expect(dialog.getByText(/1 step of the history since/)).toBeVisible();
  await photograph('keep-restore');
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(dialog.getByText('The backup is restored.')).toBeVisible({ timeout: 60_000 });
  await photograph('keep-restored');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(backups.getByRole('row').filter({ hasText: 'Before a restore' })).toHaveCount(1);
  expect(listFaces(homes, folder).filter(({ state }) => state === 'rejected')).toHaveLength(1);

  await answer(electron, homes.folder);
  await backups.getByRole('button', { name: 'Back up to a folder…' }).click();
  if (electron === null) {
    const chooser = studio.getByRole('dialog', { name: 'Choose the folder for the backup' });
    await chooser.getByRole('button', { name: 'Back up into this folder' }).click();
  }
  await expect
    .poll(() => readdirSync(homes.folder).filter((name) => name.includes('by-hand')))
    .toHaveLength(1);
  expect(complaints).toEqual([]);
});

/** As `openWorkspace`, where it is refused. */
const openDamaged = async (
  studio: Page,
  electron: ElectronApplication | null,
  folder: string,
): Promise<void> => {
  await answer(electron, folder);
  await runCommand(studio, 'Open workspace');
  if (electron !== null) return;
  const dialog = studio.getByRole('dialog', { name: 'Open a workspace' });
  await dialog.getByRole('button', { name: 'work', exact: true }).click();
  await dialog.getByRole('button', { name: 'Open this workspace' }).click();
};

test('a workspace whose catalogue is damaged is restored from the message that says so', async ({
  studio,
  electron,
  homes,
  photograph,
}) => {
  const folder = await makeWorkspace(homes, PHOTOS);
  await openWorkspace(studio, electron, folder);
  await expect(firstFaces(studio).first()).toBeVisible();
  const backups = (): readonly string[] =>
    existsSync(join(folder, 'backups')) ? readdirSync(join(folder, 'backups')) : [];
  await expect.poll(() => backups().filter((name) => name.includes('daily'))).toHaveLength(1);
  await runCommand(studio, 'Close workspace');
  await expect(firstFaces(studio)).toHaveCount(0);
  writeFileSync(join(folder, 'catalogue.sqlite'), Buffer.alloc(20_000, 0x55));
  await openDamaged(studio, electron, folder);
  await studio.getByRole('button', { name: 'Restore a backup' }).click();
  const dialog = studio.getByRole('dialog', { name: /^Restore/ });
  await dialog.getByRole('button', { name: /Of the day/ }).click();
  await expect(dialog.getByText(/The catalogue as it is cannot be read/)).toBeVisible();
  await photograph('keep-restore-damaged');
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(dialog.getByText('The backup is restored.')).toBeVisible({ timeout: 60_000 });
  await dialog.getByRole('button', { name: 'Done' }).click();
  // The backup of the day was made when the workspace was opened first, before its photos were aligned.
  await studio.getByRole('button', { name: 'Find the faces' }).click();
  await expect(firstFaces(studio).first()).toBeVisible();
});

test('decisions go to a list and back: what would change is shown first, and one undo takes it back', async ({
  studio,
  electron,
  homes,
  complaints,
  photograph,
}) => {
  const folder = await makeWorkspace(homes, PHOTOS);
  await openWorkspace(studio, electron, folder);
  const faces = firstFaces(studio);
  for (const index of [0, 1]) {
    await faces.nth(index).click();
    await studio.keyboard.press('x');
    await expect(faces.nth(index)).toHaveAccessibleName(/Rejected/i);
  }
  await answer(electron, homes.folder);
  await runCommand(studio, 'Export decisions');
  if (electron === null) {
    const chooser = studio.getByRole('dialog', { name: 'Choose the folder for the decision list' });
    await chooser.getByRole('button', { name: 'Choose this folder' }).click();
  }
  const writing = studio.getByRole('dialog', { name: 'Export the decisions of work' });
  await writing.getByLabel('File').fill('a/b');
  await expect(writing.getByText('A name of a file has no slash in it.')).toBeVisible();
  await writing.getByLabel('File').fill('list.jsonl');
  await writing.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(writing.getByText('2 decisions of 2 photos written.')).toBeVisible();
  await photograph('keep-list-written');
  await writing.getByRole('button', { name: 'Done' }).click();
  const list = join(homes.folder, 'list.jsonl');
  expect(readFileSync(list, 'utf8').split('\n')).toHaveLength(4);

  // Otherwise here now: one undecided, one decided in another way.
  await studio.keyboard.press('Control+z');
  await expect(faces.nth(1)).not.toHaveAccessibleName(/Rejected/i);
  await faces.first().click();
  await studio.keyboard.press('a');
  await expect(faces.first()).toHaveAccessibleName(/Confirmed/i);
  await answer(electron, list);
  await runCommand(studio, 'Apply decisions');
  if (electron === null) {
    const chooser = studio.getByRole('dialog', { name: 'Choose a decision list' });
    await chooser.getByRole('button', { name: 'list.jsonl' }).click();
    await photograph('keep-choose-list');
    await chooser.getByRole('button', { name: 'Look at it' }).click();
  }
  const dialog = studio.getByRole('dialog', { name: 'Apply the decisions of list.jsonl' });
  await expect(dialog.getByRole('button', { name: '1 of 2 decisions will be made here' })).toBeVisible();
  await expect(
    dialog.getByRole('button', { name: '1 decided otherwise here, which stays so' }),
  ).toBeVisible();
  await dialog.getByRole('checkbox').check();
  await expect(dialog.getByRole('button', { name: '2 of 2 decisions will be made here' })).toBeVisible();
  await photograph('keep-apply');
  await dialog.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(dialog.getByText('2 of 2 decisions made here')).toBeVisible();
  await photograph('keep-applied');
  await dialog.getByRole('button', { name: 'Done' }).click();
  const rejected = (): number => listFaces(homes, folder).filter(({ state }) => state === 'rejected').length;
  expect(rejected()).toBe(2);
  await studio.keyboard.press('Control+z');
  await expect(faces.nth(1)).not.toHaveAccessibleName(/Rejected/i);
  await expect(faces.first()).toHaveAccessibleName(/Confirmed/i);
  expect(rejected()).toBe(0);

  writeFileSync(list, 'No list.\n');
  await answer(electron, list);
  await runCommand(studio, 'Apply decisions');
  if (electron === null) {
    const chooser = studio.getByRole('dialog', { name: 'Choose a decision list' });
    await chooser.getByRole('button', { name: 'list.jsonl' }).click();
    await chooser.getByRole('button', { name: 'Look at it' }).click();
  }
  await expect(dialog.getByText(/is no decision list/)).toBeVisible();
  await photograph('keep-apply-refused');
  await expect(dialog.getByRole('button', { name: 'Apply', exact: true })).toBeDisabled();
  expect(complaints).toEqual([]);
});

test('a person is removed for good once their name was typed, and nothing of them is left', async ({
  studio,
  electron,
  homes,
  complaints,
  photograph,
}) => {
  const folder = await makeWorkspace(homes, PHOTOS);
  const before = listFaces(homes, folder);
  const anns = before.filter(({ identity }) => identity?.name === 'ann');
  await openWorkspace(studio, electron, folder);
  await runCommand(studio, 'Remove a person for good');
  const who = studio.getByRole('dialog', { name: 'Remove a person for good' });
  await who.getByLabel('Person').fill('zz');
  await expect(who.getByText('No identity has this name.')).toBeVisible();
  await who.getByLabel('Person').fill('an');
  await who.getByRole('button', { name: /^ann/ }).click();
  const dialog = studio.getByRole('dialog', { name: 'Remove ann for good' });
  await expect(
    dialog.getByText('This cannot be undone, and no backup brings the person back.'),
  ).toBeVisible();
  await expect(
    dialog.getByText(`${String(PHOTOS / 2)} photos (${String(PHOTOS / 2)} entries of files)`),
  ).toBeVisible();
  const remove = dialog.getByRole('button', { name: 'Remove for good' });
  await expect(remove).toBeDisabled();
  await dialog.getByLabel('The name, to be sure').fill('Ann');
  await expect(remove).toBeDisabled();
  await photograph('keep-remove');
  expect(listFaces(homes, folder)).toEqual(before);
  await dialog.getByLabel('The name, to be sure').fill('ann');
  await remove.click();
  await expect(dialog.getByText('ann is removed for good')).toBeVisible({ timeout: 120_000 });
  await expect(dialog.getByText(/nothing is left/)).toBeVisible();
  await photograph('keep-removed');
  await dialog.getByRole('button', { name: 'Done' }).click();
  const left = listFaces(homes, folder);
  expect(left.some(({ identity }) => identity?.name === 'ann')).toBe(false);
  expect(left.length).toBeLessThan(before.length);
  for (const { crop } of anns) expect(existsSync(join(folder, crop ?? ''))).toBe(false);
  await expect(firstFaces(studio)).toHaveCount(left.filter(({ state }) => state === 'unreviewed').length);
  expect(complaints).toEqual([]);
});
