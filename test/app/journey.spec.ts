import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { copyLfw, hasLfw, linesOfFolder, sha256Of } from './people.ts';
import { expect, test } from './studio.ts';
import { addFolder, makeWorkspace } from './workspace.ts';
import { cropBytes, listFaces, type ListedFace } from './workspaces.ts';

const IDENTITIES = 3;
const PHOTOS_OF_EACH = 12;
const MOVED = 10;
const ALIGNED_WITHIN = { timeout: 120_000 };

const tiles = (page: Page): Locator => page.getByRole('grid', { name: 'Faces' }).getByRole('gridcell');
const row = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('complementary', { name: 'Filters' }).getByRole('button', { name });
const countOfRow = async (identity: Locator): Promise<number> =>
  Number(/, ([\d,]+) faces?$/.exec((await identity.getAttribute('aria-label')) ?? '')?.[1]);

/** Draws the lower right corner of the selected box out by so many pixels of the screen. */
const dragCorner = async (page: Page, editor: Locator, byPx: number): Promise<void> => {
  // The fifth of eight handles, clockwise from the upper left one.
  const corner = await editor.locator('rect.handle').nth(4).boundingBox();
  if (corner === null) throw new Error('The box has a corner.');
  const from = { x: corner.x + corner.width / 2, y: corner.y + corner.height / 2 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + byPx, from.y + byPx, { steps: 6 });
  await page.mouse.up();
};

/** What an export says of one of its crops. */
type ExportLine = { readonly file: string; readonly identity: string; readonly sha256: string };

const readExport = (dataset: string) => ({
  manifest: JSON.parse(readFileSync(join(dataset, 'facenet-studio.json'), 'utf8')) as unknown,
  lines: readFileSync(join(dataset, 'export.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportLine), // the format of `export.jsonl`
  files: readdirSync(dataset, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.png'))
    .sort(),
});

test.skip(!hasLfw(), 'needs the shared data: LFW');

test('a newcomer opens LFW, fixes a bad crop, moves ten faces to another identity, undoes, and exports what was decided', async ({
  studio,
  electron,
  homes,
  complaints,
  photograph,
}) => {
  test.setTimeout(300_000);
  const lfw = copyLfw(homes.folder, IDENTITIES, PHOTOS_OF_EACH);
  const originals = linesOfFolder(lfw);
  expect(originals).toHaveLength(IDENTITIES * PHOTOS_OF_EACH);
  const [from = '', to = '', third = ''] = readdirSync(lfw).sort();

  // A workspace, a folder, and faces come by themselves.
  await studio.getByRole('button', { name: 'New workspace' }).waitFor();
  await photograph('journey-01-welcome');
  const folder = await makeWorkspace(studio, electron, homes.folder);
  await photograph('journey-02-empty');
  await addFolder(studio, electron, lfw);
  await expect(row(studio, new RegExp(`^${third}, `))).toBeVisible(ALIGNED_WITHIN);
  await photograph('journey-03-aligning');
  await expect(row(studio, /^Waiting/)).toHaveCount(0, ALIGNED_WITHIN);
  await expect(studio.getByText(/^Align curated: 36 photos aligned/).first()).toBeVisible(ALIGNED_WITHIN);
  await photograph('journey-04-aligned');

  // What becomes of files that arrive is the folder's rule, which is undone like everything.
  await row(studio, /^lfw/).hover();
  await studio.getByRole('button', { name: 'Let new photos of lfw wait' }).click();
  await expect(studio.getByRole('button', { name: 'Align new photos of lfw by themselves' })).toBeAttached();
  await studio.keyboard.press('Control+z');
  await expect(studio.getByRole('button', { name: 'Let new photos of lfw wait' })).toBeAttached();

  // One crop is bad: its box is drawn larger, and the crop with it.
  const crops = (): readonly ListedFace[] => listFaces(homes, folder);
  await tiles(studio).first().click();
  const tile = tiles(studio).first().locator('img').first();
  const shownBefore = await tile.getAttribute('src');
  await studio.keyboard.press('e');
  const editor = studio.getByRole('application', { name: /^Photo / });
  await editor.locator('.handle').first().waitFor();
  const photo = ((await editor.getAttribute('aria-label')) ?? '').replace('Photo ', '');
  const edited = (): ListedFace => {
    const face = crops().find(({ file, identity }) => file === photo && identity !== null);
    if (face === undefined) throw new Error(`${photo} has a face.`);
    return face;
  };
  const before = edited();
  const bytesBefore = cropBytes(folder, before);
  await photograph('journey-05-editor');
  const preview = studio.locator('.preview canvas').first();
  const pixels = (): Promise<string> =>
    preview.evaluate((canvas) => (canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : ''));
  const pixelsBefore = await pixels();
  await dragCorner(studio, editor, 60);
  expect(await pixels()).not.toBe(pixelsBefore);
  await expect.poll(() => edited().crop).not.toBe(before.crop);
  expect(edited().box[2]).toBeGreaterThan((before.box[2] ?? 0) + 5);
  expect(cropBytes(folder, edited()).equals(bytesBefore)).toBe(false);
  await photograph('journey-06-edited');
  await studio.keyboard.press('Escape');
  await expect(editor).toBeHidden();
  await expect(tile).not.toHaveAttribute('src', shownBefore ?? '');

  // Ten faces of the first identity go to the second.
  const [fromRow, toRow] = [row(studio, new RegExp(`^${from}, `)), row(studio, new RegExp(`^${to}, `))];
  const countsBefore = [await countOfRow(fromRow), await countOfRow(toRow)] as const;
  await fromRow.click();
  await expect(tiles(studio)).toHaveCount(countsBefore[0]);
  await tiles(studio).first().click();
  await tiles(studio)
    .nth(MOVED - 1)
    .click({ modifiers: ['Shift'] });
  await expect(studio.getByText(`${String(MOVED)} selected`)).toBeVisible();
  await photograph('journey-07-selected');
  await studio.keyboard.press('m');
  await studio.keyboard.type(to.replaceAll('_', ' ').slice(0, 6));
  await photograph('journey-08-move-to');
  await studio.keyboard.press('Enter');
  const panel = studio.getByRole('dialog', { name: new RegExp(`^Move to ${to}`) });
  await expect(panel).toContainText(`${String(MOVED)} faces of 1 identity will change.`);
  // Nothing else is done by a key while it asks.
  await studio.keyboard.press('x');
  await expect(panel).toBeVisible();
  await photograph('journey-09-will-change');
  await studio.keyboard.press('Enter');
  await expect.poll(() => countOfRow(toRow)).toBe(countsBefore[1] + MOVED);
  expect(await countOfRow(fromRow)).toBe(countsBefore[0] - MOVED);
  await photograph('journey-10-moved');
  await studio.keyboard.press('Control+z');
  await expect.poll(() => countOfRow(toRow)).toBe(countsBefore[1]);
  expect(await countOfRow(fromRow)).toBe(countsBefore[0]);
  await photograph('journey-11-undone');

  // What stays decided: the box, and one face that is no good.
  await tiles(studio).nth(1).click();
  await studio.keyboard.press('x');
  await expect(tiles(studio).nth(1)).toHaveAccessibleName(/, Rejected, /);
  await electron?.evaluate(
    ({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    },
    join(homes.folder, 'dataset'),
  );
  await studio.keyboard.press('Control+k');
  await studio.keyboard.type('export');
  await photograph('journey-12-palette');
  await studio.keyboard.press('Enter');
  if (electron === null) {
    const chooser = studio.getByRole('dialog', { name: 'Choose the folder for the export' });
    await chooser.getByLabel('New folder in here').fill('dataset');
    await photograph('journey-13-folder');
    await chooser.getByRole('button', { name: 'Export into this folder' }).click();
  }
  const dialog = studio.getByRole('dialog', { name: 'Export curated' });
  await photograph('journey-14-export');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('status')).toContainText('1 rejected', { timeout: 60_000 });
  await photograph('journey-15-exported');

  const dataset = join(homes.folder, 'dataset');
  const { manifest, lines, files } = readExport(dataset);
  expect(manifest).toMatchObject({
    kind: 'export',
    ledger: 'export.jsonl',
    states: ['unreviewed', 'confirmed'],
  });
  const kept = crops().filter(({ identity, state }) => identity !== null && state === 'unreviewed');
  const named = (name: string) => kept.filter(({ identity }) => identity?.name === name);
  expect(named(to)).toHaveLength(countsBefore[1]);
  expect(named(from)).toHaveLength(countsBefore[0] - 1);
  expect(lines.map(({ file }) => file).sort()).toEqual(files);
  for (const name of [from, to, third]) {
    const bytes = named(name).map((face) => sha256Of(cropBytes(folder, face)));
    const exported = files.filter((file) => file.startsWith(`${name}/`));
    expect(exported.map((file) => sha256Of(readFileSync(join(dataset, file)))).sort()).toEqual(bytes.sort());
  }
  const fixed = lines.find(({ file }) => basename(file, '.png') === basename(photo, '.jpg'));
  expect(fixed).toMatchObject({ identity: from, sha256: sha256Of(cropBytes(folder, edited())) });
  expect(linesOfFolder(lfw)).toEqual(originals);
  expect(complaints).toEqual([]);
});
