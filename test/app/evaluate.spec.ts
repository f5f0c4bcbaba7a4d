import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import sharp from 'sharp';
import { copyLfw, hasLfw } from './people.ts';
import { expect, test } from './studio.ts';
import { openWorkspace, runCommand, workspaceOf } from './workspaces.ts';

const PEOPLE = 10;
const PHOTOS_OF_EACH = 4;

/** A photo of two people: `small` at the left, `large` in the middle, whom the photo seems to be about. */
const paste = async (small: string, large: string, file: string): Promise<void> => {
  await sharp({ create: { width: 720, height: 300, channels: 3, background: '#456' } })
    .composite([
      { input: await sharp(small).resize(200, 200).toBuffer(), left: 10, top: 50 },
      { input: await sharp(large).resize(290, 290).toBuffer(), left: 215, top: 5 },
    ])
    .jpeg({ quality: 95 })
    .toFile(file);
};

type Photos = { readonly folder: string; readonly list: string; readonly spoilt: string };

/**
 * People of LFW, and one photo more of the first of them, in whose middle stands somebody else; and a list of two folds in LFW's format of pairs
 * of one person and of two people next to one another.
 */
const preparePhotos = async (home: string): Promise<Photos> => {
  const folder = copyLfw(home, PEOPLE, PHOTOS_OF_EACH);
  const names = readdirSync(folder).sort();
  const photoOf = (name: string, number: number): string =>
    join(folder, name, `${name}_${String(number).padStart(4, '0')}.jpg`);
  const [first = '', , , , fifth = ''] = names;
  const extra = PHOTOS_OF_EACH + 1;
  await paste(photoOf(first, 2), photoOf(fifth, 1), photoOf(first, extra));
  const same = names.flatMap((name) => [`${name}\t1\t2`, `${name}\t1\t3`, `${name}\t2\t4`]);
  const spoilt = `${first}\t1\t${String(extra)}`;
  const different = names.flatMap((name, place) =>
    [1, 2, 3].map(
      (number) => `${name}\t${String(number)}\t${names[(place + number) % names.length] ?? ''}\t1`,
    ),
  );
  const half = same.length / 2;
  const fold = (from: number): readonly string[] => [
    ...same.slice(from, from + half),
    ...different.slice(from, from + half),
  ];
  // The spoilt pair takes the place of another one of the first fold.
  const lines = [...fold(0).map((line, place) => (place === 1 ? spoilt : line)), ...fold(half)];
  const list = join(home, 'pairs.txt');
  writeFileSync(list, `2\t${String(half)}\n${lines.join('\n')}\n`);
  return { folder, list, spoilt: basename(photoOf(first, extra)) };
};

/** Judges a list as a person does, from the empty screen on. */
const judge = async (page: Page, electron: ElectronApplication | null, list: string): Promise<void> => {
  await runCommand(page, 'Go to Evaluate');
  await electron?.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, list);
  await page.getByRole('button', { name: 'Judge a list of pairs…' }).click();
  if (electron === null) {
    const chooser = page.getByRole('dialog', { name: 'Choose a list of pairs' });
    await chooser.getByRole('button', { name: basename(list) }).click();
    await chooser.getByRole('button', { name: 'Take this list' }).click();
  }
  const dialog = page.getByRole('dialog', { name: `Judge ${basename(list)}` });
  await dialog.getByLabel('Folds').fill('2');
  await dialog.getByLabel('VAL at a FAR of').fill('0.05');
  await dialog.getByRole('button', { name: 'Judge', exact: true }).click();
  await dialog.waitFor({ state: 'hidden', timeout: 120_000 });
};

const accuracyOf = async (page: Page): Promise<number> => {
  const text = await page
    .getByRole('region', { name: 'Figures' })
    .getByRole('row', { name: /^Run 1/ })
    .locator('td.main')
    .textContent();
  return Number(/[\d.]+/.exec(text ?? '')?.[0]);
};

test.describe('judging pairs', () => {
  test.skip(!hasLfw(), 'There is no LFW here.');
  test.setTimeout(240_000);

  test('the worst pair is opened and its crop put right, the number rises, and undo brings it back', async ({
    studio,
    homes,
    electron,
    complaints,
    photograph,
  }) => {
    const { folder, list, spoilt } = await preparePhotos(homes.folder);
    const workspace = workspaceOf(homes, folder);
    await openWorkspace(studio, electron, workspace);
    await judge(studio, electron, list);
    await expect(studio.getByRole('heading', { name: 'pairs.txt' })).toBeVisible();
    const before = await accuracyOf(studio);
    await photograph('evaluate');
    await studio.getByRole('button', { name: 'Look at them' }).click();
    const second = studio.getByRole('article', { name: 'Second face' });
    await expect(second.getByText(spoilt.replace('.jpg', ''))).toBeVisible();
    await expect(studio.getByText('False reject: one person by the list')).toBeVisible();
    await expect(second.locator('.nearest img').first()).toBeVisible();
    await photograph('evaluate-pair');
    await studio.keyboard.press('z');
    await second.getByRole('img', { name: new RegExp(`Photo .*${spoilt}`) }).waitFor();
    await photograph('evaluate-pair-photos');
    await studio.keyboard.press('z');

    await studio.keyboard.press('Tab');
    await studio.keyboard.press('e');
    const editor = studio.getByRole('application', { name: new RegExp(`Photo .*${spoilt}`) });
    await editor.locator('.handle').first().waitFor();
    await studio.keyboard.press('Shift+Tab');
    await studio.keyboard.press('c');
    await expect(studio.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
    await studio.keyboard.press('Escape');
    await expect(editor).toBeHidden();

    const gain = studio.getByRole('status').filter({ hasText: 'Accuracy' });
    await expect(gain.getByText('1 change since these pairs were opened')).toBeVisible();
    await expect(studio.getByText('Right now: one person by the list')).toBeVisible();
    await photograph('evaluate-pair-fixed');
    await studio.keyboard.press('Escape');
    await expect.poll(() => accuracyOf(studio)).toBeGreaterThan(before);
    await photograph('evaluate-fixed');
    await studio.keyboard.press('Control+z');
    await expect.poll(() => accuracyOf(studio)).toBe(before);
    await expect(studio.getByText('3 states')).toBeVisible();
    expect(complaints).toEqual([]);
  });
});
