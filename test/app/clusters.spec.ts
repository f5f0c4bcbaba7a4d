import type { Locator, Page } from '@playwright/test';
import { copyLfw, hasLfw } from './people.ts';
import { expect, test } from './studio.ts';
import { listFaces, openWorkspace, workspaceOf } from './workspaces.ts';

const PEOPLE = 4;
const PHOTOS_OF_EACH = 4;

const groupsOf = (page: Page): Locator =>
  page.getByRole('grid', { name: 'Groups' }).getByRole('gridcell', { name: /face/ });

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

    // All of it gets a name.
    await studio.keyboard.press('Escape');
    await expect(group).toBeHidden();
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
