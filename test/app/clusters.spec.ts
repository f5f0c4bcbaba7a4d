import type { Locator, Page } from '@playwright/test';
import { copyLfw, hasLfw } from './people.ts';
import { expect, test } from './studio.ts';
import { listFaces, openWorkspace, workspaceOf } from './workspaces.ts';

const PEOPLE = 4;
const PHOTOS_OF_EACH = 4;

const groupsOf = (page: Page): Locator =>
  page.getByRole('grid', { name: 'Groups' }).getByRole('gridcell', { name: /face/ });

/** Pulls a tile onto another, and looks at it just before it is let go. */
const pull = async (page: Page, tile: Locator, onto: Locator, look: () => Promise<void>): Promise<void> => {
  await tile.click();
  const [from, to] = [await tile.boundingBox(), await onto.boundingBox()];
  if (from === null || to === null) throw new Error('A tile has no place.');
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 3, { steps: 8 });
  await look();
  await page.mouse.up();
};

test.describe('clusters', () => {
  test.skip(!hasLfw(), 'There is no LFW here.');
  test.setTimeout(240_000);

  test('faces are put into groups, a group is split and undone, moved to a name, and a no to a merge is remembered', async ({
    studio,
    homes,
    electron,
    complaints,
    photograph,
  }) => {
    const workspace = workspaceOf(homes, copyLfw(homes.folder, PEOPLE, PHOTOS_OF_EACH));
    await openWorkspace(studio, electron, workspace);
    await studio.getByRole('grid', { name: 'Faces' }).getByRole('gridcell').first().waitFor();
    await studio.keyboard.press('Control+3');
    await studio.getByRole('button', { name: 'Cluster the faces' }).click();
    await groupsOf(studio).first().waitFor({ timeout: 120_000 });
    // Faces are measured by the folders that they came in: here each group is one person.
    const measured = studio.getByRole('table', { name: 'Measured by names' });
    await expect(measured.getByRole('row', { name: 'Precision' })).toContainText('1.000');
    await photograph('clusters');

    // A group is opened, one of its faces split off, and taken back.
    const largest = groupsOf(studio).first();
    const size = Number(/^\d+/.exec((await largest.getAttribute('aria-label')) ?? '')?.[0]);
    await largest.dblclick();
    const group = studio.getByRole('region', { name: 'Group' });
    const faces = group.getByRole('gridcell');
    await expect(faces).toHaveCount(size);
    await photograph('clusters-group');
    await faces.last().click();
    await studio.keyboard.press('s');
    await expect(faces).toHaveCount(size - 1);
    await studio.keyboard.press('Control+z');
    await expect(faces).toHaveCount(size);
    await studio.getByRole('button', { name: 'Redo' }).click();
    await expect(faces).toHaveCount(size - 1);
    await studio.getByRole('button', { name: 'Undo' }).click();
    await expect(faces).toHaveCount(size);

    // The group is cut by a stricter distance, and is whole again after it.
    await studio.keyboard.press('c');
    await group.getByRole('button', { name: 'Split into 2' }).waitFor();
    await photograph('clusters-cut');
    await studio.keyboard.press('Enter');
    await expect(faces).not.toHaveCount(size);
    await studio.keyboard.press('Control+z');
    await expect(faces).toHaveCount(size);

    await studio.keyboard.press('Escape');
    await expect(group).toBeHidden();

    // A group is pulled onto one that bears a name, and gets that name; undo takes it back.
    const [first, second] = [groupsOf(studio).first(), groupsOf(studio).nth(1)];
    const before = (await second.getAttribute('aria-label')) ?? '';
    const groups = await groupsOf(studio).count();
    await pull(studio, second, first, () => photograph('clusters-pull'));
    await studio
      .getByRole('dialog')
      .getByRole('button', { name: /^Move to / })
      .click();
    await expect(groupsOf(studio)).toHaveCount(groups - 1);
    await studio.keyboard.press('Control+z');
    await expect(groupsOf(studio)).toHaveCount(groups);
    await expect(second).toHaveAccessibleName(before);

    // Onto one without a name it says that both are one person.
    for (const tile of [first, second]) {
      await tile.click();
      await studio.keyboard.press('m');
      await studio.getByRole('option', { name: 'Nobody of the dataset' }).click();
      await studio.getByRole('button', { name: 'Make nobody’s' }).click();
      await expect(tile).toHaveAccessibleName(/no name/);
    }
    await pull(studio, second, first, () =>
      expect(studio.getByText('Say that they are one person')).toBeVisible(),
    );
    await expect(groupsOf(studio)).toHaveCount(groups - 1);
    for (let step = 0; step < 3; step += 1) await studio.keyboard.press('Control+z');
    await expect(groupsOf(studio)).toHaveCount(groups);

    // All of it gets a name.
    await first.click();
    await studio.keyboard.press('m');
    await studio.getByRole('combobox', { name: 'Identity' }).fill('Somebody Else');
    await studio.keyboard.press('Enter');
    await studio.getByRole('button', { name: 'Move to Somebody Else' }).click();
    await groupsOf(studio).filter({ hasText: 'Somebody Else' }).waitFor();
    expect(
      listFaces(homes, workspace).filter(({ identity }) => identity?.name === 'Somebody Else'),
    ).toHaveLength(size);

    // The strictest distance parts all groups that nobody named, and says so before it does.
    await studio.getByRole('slider', { name: 'Distance (eps)' }).focus();
    await studio.keyboard.press('Home');
    const trial = studio.getByRole('region', { name: 'What would change' });
    await expect(trial).toContainText('would be parted');
    await photograph('clusters-trial');
    await studio.getByRole('button', { name: 'Cluster so' }).click();
    await expect(groupsOf(studio)).toHaveCount(1);

    // Its parts are questions now; a no is remembered.
    await studio.getByRole('button', { name: 'Merges' }).click();
    const merges = studio.getByRole('region', { name: 'Merges' });
    const left = merges.getByRole('status');
    const questions = Number(/\d+/.exec(await left.innerText())?.[0]);
    await photograph('clusters-merges');
    await studio.keyboard.press('n');
    await expect(left).toHaveText(`${String(questions - 1)} questions left`);
    await studio.keyboard.press('Escape');
    await studio.getByRole('button', { name: 'Merges' }).click();
    await expect(left).toHaveText(`${String(questions - 1)} questions left`);
    await studio.keyboard.press('Control+z');
    await expect(left).toHaveText(`${String(questions)} questions left`);
    await studio.keyboard.press('Escape');

    // What is said against a name is set aside, is shown, and can be taken back.
    await groupsOf(studio).filter({ hasText: 'Somebody Else' }).dblclick();
    await expect(faces).toHaveCount(size);
    await faces.last().click();
    await studio.keyboard.press('s');
    await studio.keyboard.press('Escape');
    await studio.getByRole('button', { name: `${String(size - 1)} conflicts…` }).click();
    const conflicts = studio.getByRole('region', { name: 'Conflicts' });
    await expect(conflicts.getByRole('listitem')).toHaveCount(size - 1);
    await expect(conflicts.getByRole('listitem').first()).toContainText('given the same name');
    await photograph('clusters-conflicts');
    for (let left = size - 1; left > 0; left -= 1) {
      await expect(conflicts.getByRole('listitem')).toHaveCount(left);
      await conflicts.getByRole('button', { name: 'Take it back' }).first().click();
    }
    await conflicts.getByText('No decision contradicts another one.').waitFor();
    await studio.keyboard.press('Escape');
    expect(complaints).toEqual([]);
  });
});
