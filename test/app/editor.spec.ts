import {
  cropBytes,
  listFaces,
  makeWorkspace,
  openWorkspace,
  runCommand,
  type ListedFace,
} from './workspaces.ts';
import { expect, test } from './studio.ts';

test('a bad crop is put right by a handle, and undo gives the same bytes back', async ({
  studio,
  homes,
  electron,
  complaints,
  photograph,
}) => {
  const folder = await makeWorkspace(homes, 6);
  // The library begins with the faces of ann, in the order of their photos.
  const face = (): ListedFace => {
    const found = listFaces(homes, folder).find(({ identity }) => identity?.name === 'ann');
    if (found === undefined) throw new Error('There is a face of ann.');
    return found;
  };
  const before = face();
  const bytes = cropBytes(folder, before);
  await openWorkspace(studio, electron, folder);
  await runCommand(studio, 'Edit the box');
  const editor = studio.getByRole('application', { name: new RegExp(`Photo ${before.file}`) });
  await editor.locator('.handle').first().waitFor();
  await photograph('editor');

  // The lower right corner: the fifth of eight, after the knob.
  const corner = await editor.locator('rect.handle').nth(4).boundingBox();
  if (corner === null) throw new Error('The box has a corner.');
  const from = { x: corner.x + corner.width / 2, y: corner.y + corner.height / 2 };
  await studio.mouse.move(from.x, from.y);
  await studio.mouse.down();
  await studio.mouse.move(from.x + 20, from.y + 24, { steps: 4 });
  await photograph('editor-dragging');
  await studio.mouse.move(from.x + 40, from.y + 48, { steps: 4 });
  await studio.mouse.up();
  await expect.poll(() => face().crop).not.toBe(before.crop);
  const after = face();
  expect(after.box[2]).toBeGreaterThan((before.box[2] ?? 0) + 5);
  expect(cropBytes(folder, after).equals(bytes)).toBe(false);
  await expect(studio.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();

  // Keys that follow one another are one step.
  for (let press = 0; press < 5; press += 1) await studio.keyboard.press('ArrowRight');
  await expect.poll(() => face().box[0]).toBeCloseTo((after.box[0] ?? 0) + 5, 3);
  await studio.keyboard.press('Control+z');
  await expect.poll(() => face().box[0]).toBeCloseTo(after.box[0] ?? 0, 3);
  await studio.keyboard.press('Control+z');
  await expect.poll(() => face().box[2]).toBe(before.box[2]);
  await expect.poll(() => cropBytes(folder, face()).equals(bytes)).toBe(true);
  await studio.keyboard.press('Escape');
  await expect(editor).toBeHidden();
  expect(complaints).toEqual([]);
});

test('a face is drawn, found again by another try, taken away and brought back', async ({
  studio,
  homes,
  electron,
  complaints,
  photograph,
}) => {
  const folder = await makeWorkspace(homes, 2);
  const count = () => listFaces(homes, folder).length;
  const before = count();
  await openWorkspace(studio, electron, folder);
  await runCommand(studio, 'Edit the box');
  const editor = studio.getByRole('application', { name: /^Photo / });
  await editor.locator('.handle').first().waitFor();
  await studio.keyboard.press('Delete');
  await expect.poll(count).toBe(before - 1);
  await studio.getByRole('button', { name: 'Look again' }).click();
  await expect(studio.getByText(/^\d+ new faces?/)).toBeVisible();
  await photograph('editor-rescue');
  await runCommand(studio, 'Light theme');
  await photograph('editor-rescue-light');
  await editor.focus();
  await studio.keyboard.press('Enter');
  await expect.poll(count).toBe(before);

  await studio.keyboard.press('d');
  const stage = await editor.boundingBox();
  if (stage === null) throw new Error('The stage is there.');
  const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height / 2];
  await studio.mouse.move(x - 20, y - 60);
  await studio.mouse.down();
  await studio.mouse.move(x + 60, y + 40, { steps: 4 });
  await studio.mouse.up();
  await expect.poll(count).toBe(before + 1);
  await expect(studio.getByText('drawn by hand')).toBeVisible();
  await photograph('editor-drawn');
  await studio.keyboard.press('Control+z');
  await expect.poll(count).toBe(before);
  expect(complaints).toEqual([]);
});
