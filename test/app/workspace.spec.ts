import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { PROJECT, expect, test } from './studio.ts';
import { addFolder, makeWorkspace } from './workspace.ts';

const SAMPLES = join(PROJECT, 'node_modules', '@vladmandic', 'face-api', 'demo');

/** Six people with two photos each (one of them mirrored, so that its content is another), and files without faces. */
const makePeople = async (folder: string): Promise<string> => {
  const people = join(folder, 'people');
  for (let number = 1; number <= 6; number += 1) {
    const person = join(people, `person ${String(number)}`);
    mkdirSync(person, { recursive: true });
    const sample = join(SAMPLES, `sample${String(number)}.jpg`);
    copyFileSync(sample, join(person, '1.jpg'));
    await sharp(sample).flop().jpeg().toFile(join(person, '2.jpg'));
  }
  const odd = join(people, 'odd');
  mkdirSync(odd);
  const plain = sharp({ create: { width: 320, height: 240, channels: 3, background: '#567' } });
  await plain.png().toFile(join(odd, 'plain.png'));
  writeFileSync(join(odd, 'empty.jpg'), '');
  return people;
};

const faces = (page: Page) => page.getByRole('grid', { name: 'Faces' }).getByRole('gridcell');
const countNow = async (page: Page): Promise<number> => {
  const text = (await page.locator('.counts').textContent()) ?? '';
  return Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', '') ?? Number.NaN);
};
const row = (page: Page, name: string | RegExp) =>
  page.getByRole('complementary', { name: 'Filters' }).getByRole('button', { name });

test('a curator makes a workspace, filters, judges, moves and undoes', async ({
  studio,
  electron,
  homes,
  complaints,
  photograph,
}) => {
  test.setTimeout(240_000);
  await studio.getByRole('button', { name: 'New workspace' }).waitFor();
  await photograph('welcome');
  const folder = await makeWorkspace(studio, electron, homes.folder);
  await photograph('workspace-empty');
  await addFolder(studio, electron, await makePeople(homes.folder));
  await expect(row(studio, /^person 6, /)).toBeVisible({ timeout: 90_000 });
  await expect(row(studio, /^Waiting/)).toHaveCount(0, { timeout: 90_000 });
  await expect(row(studio, /^No face 1$/)).toBeVisible();
  await expect(row(studio, /^Unreadable 1$/)).toBeVisible();
  const all = await countNow(studio);
  expect(all).toBeGreaterThan(12);
  await expect(faces(studio)).toHaveCount(all);
  await faces(studio).first().click();
  await expect(studio.getByRole('img', { name: /^The photo with/ })).toBeVisible();
  await photograph('workspace-library');

  // The ledger: each number leads to its files, with the reason.
  await row(studio, /^Unreadable 1$/).click();
  const damaged = studio.getByRole('grid', { name: 'Files' }).getByRole('gridcell');
  await expect(damaged).toHaveCount(1);
  await expect(damaged).toHaveAccessibleName(/odd\/empty\.jpg, Unreadable: /);
  await photograph('workspace-files');
  await studio.getByRole('button', { name: 'Show faces again' }).click();

  // A click filters, Shift adds, Alt leaves out.
  await row(studio, /^person 1, /).click();
  await expect.poll(() => countNow(studio)).toBeLessThan(all);
  const ofFirst = await countNow(studio);
  await row(studio, /^person 2, /).click({ modifiers: ['Shift'] });
  await expect.poll(() => countNow(studio)).toBeGreaterThan(ofFirst);
  await photograph('workspace-filtered');
  await studio.getByRole('button', { name: 'Clear' }).click();
  await row(studio, /^person 1, /).click({ modifiers: ['Alt'] });
  await expect.poll(() => countNow(studio)).toBe(all - ofFirst);
  await studio.getByRole('button', { name: 'Remove filter: not person 1' }).click();
  await expect.poll(() => countNow(studio)).toBe(all);

  // One key judges the face and leads to the next one; Ctrl+Z takes it back.
  await faces(studio).first().click();
  await studio.keyboard.press('a');
  await expect(faces(studio).first()).toHaveAccessibleName(/, Confirmed, /);
  await expect(faces(studio).nth(1)).toHaveAttribute('aria-selected', 'true');
  await studio.keyboard.press('x');
  await expect(faces(studio).nth(1)).toHaveAccessibleName(/, Rejected, /);
  await photograph('workspace-judged');
  await studio.keyboard.press('Control+z');
  await expect(faces(studio).nth(1)).toHaveAccessibleName(/, Unreviewed, /);

  // A bulk action is shown first; Esc leaves, Enter does it.
  await faces(studio).nth(2).click();
  await faces(studio)
    .nth(5)
    .click({ modifiers: ['Shift'] });
  await expect(studio.getByText('4 selected')).toBeVisible();
  await studio.keyboard.press('u');
  const panel = studio.getByRole('dialog', { name: 'Unusable' });
  await expect(panel.getByText(/^4 faces of \d identit(y|ies) will change\.$/)).toBeVisible();
  await photograph('workspace-change');
  await studio.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(faces(studio).nth(2)).toHaveAccessibleName(/, Unreviewed, /);
  await studio.keyboard.press('u');
  await expect(panel).toBeVisible();
  await studio.keyboard.press('Enter');
  await expect(faces(studio).nth(5)).toHaveAccessibleName(/, Unusable, /);
  await studio.getByRole('button', { name: 'Undo' }).click();
  await expect(faces(studio).nth(5)).toHaveAccessibleName(/, Unreviewed, /);

  // A lasso selects, and what is selected is pulled onto an identity.
  const grid = studio.getByRole('grid', { name: 'Faces' });
  const box = await grid.boundingBox();
  if (box === null) throw new Error('The grid has no place.');
  await studio.mouse.move(box.x + 20, box.y + 20);
  await studio.mouse.down();
  await studio.mouse.move(box.x + 180, box.y + 60, { steps: 6 });
  await studio.mouse.up();
  await expect(studio.getByText('2 selected')).toBeVisible();
  const target = await row(studio, /^person 6, /).boundingBox();
  if (target === null) throw new Error('person 6 has no place.');
  const before = await row(studio, /^person 6, /).getAttribute('aria-label');
  await studio.mouse.move(box.x + 40, box.y + 40);
  await studio.mouse.down();
  await studio.mouse.move(target.x + 60, target.y + 12, { steps: 8 });
  await photograph('workspace-pull');
  await studio.mouse.up();
  await expect(studio.getByRole('dialog', { name: 'Move to person 6' })).toBeVisible();
  await studio.keyboard.press('Enter');
  await expect(row(studio, /^person 6, /)).not.toHaveAccessibleName(before ?? '');
  await studio.keyboard.press('Control+z');
  await expect(row(studio, /^person 6, /)).toHaveAccessibleName(before ?? '');

  // Type to find, and rename.
  await studio.keyboard.press('Control+p');
  await studio.keyboard.type('n 3');
  await expect(row(studio, /^person 3, /)).toBeVisible();
  await expect(row(studio, /^person 2, /)).toHaveCount(0);
  await studio.keyboard.press('Enter');
  await expect(studio.getByRole('button', { name: 'Remove filter: person 3' })).toBeVisible();
  await row(studio, /^person 3, /).focus();
  await studio.keyboard.press('F2');
  await studio.getByRole('textbox', { name: 'Name of person 3' }).fill('Carol');
  await studio.keyboard.press('Enter');
  await expect(studio.getByText(/^Renamed /)).toBeVisible();
  await photograph('workspace-identity');
  await studio.getByRole('button', { name: 'Save view' }).click();
  await studio.getByRole('textbox', { name: 'Name of the view' }).fill('Just Carol');
  await studio.keyboard.press('Enter');
  await expect(studio.getByRole('button', { name: 'Just Carol', exact: true })).toBeVisible();

  // All that the filter shows, whatever is on the screen.
  await studio.getByRole('button', { name: 'Clear' }).click();
  await faces(studio).first().click();
  await studio.keyboard.press('Control+a');
  await expect(studio.getByText(`${String(all)} selected`)).toBeVisible();

  await studio.reload();
  await expect(studio.getByRole('button', { name: 'Just Carol', exact: true })).toBeVisible({
    timeout: 30_000,
  });
  expect(folder).toContain('curated');
  expect(complaints).toEqual([]);
});

test('the library reads well in light, and in a small window', async ({
  studio,
  electron,
  homes,
  photograph,
}) => {
  test.setTimeout(180_000);
  await makeWorkspace(studio, electron, homes.folder);
  await addFolder(studio, electron, await makePeople(homes.folder));
  await expect(row(studio, /^person 6, /)).toBeVisible({ timeout: 90_000 });
  await expect(row(studio, /^Waiting/)).toHaveCount(0, { timeout: 90_000 });
  await studio.keyboard.press('Control+k');
  await studio.keyboard.type('Light theme');
  await studio.keyboard.press('Enter');
  await faces(studio).nth(3).click();
  await expect(studio.getByRole('img', { name: /^The photo with/ })).toBeVisible();
  await photograph('workspace-light');
  if (electron !== null) return;
  await studio.setViewportSize({ width: 900, height: 700 });
  await expect(faces(studio).first()).toBeVisible();
  await photograph('workspace-small');
  expect(await studio.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});
