import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { copyLfw, hasLfw } from './people.ts';
import { expect, test } from './studio.ts';
import { listFaces, openWorkspace, runCommand, workspaceOf } from './workspaces.ts';

const PEOPLE = 10;
const PHOTOS_OF_EACH = 4;
/** People whose last photo lies in the folder of the next one. */
const SWAPPED = 4;

/** People of LFW, some of whose photos lie in the folders of others; gives the folder and the names. */
const preparePhotos = (home: string): { readonly folder: string; readonly names: readonly string[] } => {
  const folder = copyLfw(home, PEOPLE, PHOTOS_OF_EACH);
  const names = readdirSync(folder).sort();
  for (let person = 0; person < SWAPPED; person += 1) {
    const [name = '', other = ''] = [names[2 * person], names[2 * person + 1]];
    const photo = `${name}_000${String(PHOTOS_OF_EACH)}.jpg`;
    renameSync(join(folder, name, photo), join(folder, other, photo));
  }
  return { folder, names };
};

test.describe('the Clean screen', () => {
  test.skip(!hasLfw(), 'There is no LFW here.');
  test.setTimeout(180_000);

  test('wrong labels are found, accepted, taken back, kept and accepted together, and none comes back', async ({
    studio,
    electron,
    homes,
    complaints,
    photograph,
  }) => {
    const { folder, names } = preparePhotos(homes.folder);
    const work = workspaceOf(homes, folder);
    await openWorkspace(studio, electron, work);
    await expect(studio.getByRole('button', { name: /^lfw \d+$/ })).toBeVisible();
    await studio.getByRole('button', { name: 'Clean', exact: true }).click();
    await expect(studio.getByText(/ \d+ faces are embedded first\./)).toBeVisible();
    await photograph('clean-empty');
    await studio.getByRole('button', { name: 'Look for wrong labels' }).click();

    const suspects = studio.getByRole('navigation', { name: 'Suspects' }).getByRole('button');
    await expect(suspects).toHaveCount(SWAPPED, { timeout: 120_000 });
    const question = studio.getByRole('region', { name: 'Face in question' });
    await question.locator('img.current').waitFor();
    const evidence = studio.getByRole('complementary', { name: 'Evidence' });
    await expect(evidence.getByRole('region', { name: /^Looks like / }).getByRole('img')).toHaveCount(
      PHOTOS_OF_EACH - 1,
    );
    await photograph('clean');
    await runCommand(studio, 'Light theme');
    await photograph('clean-light');
    await runCommand(studio, 'Dark theme');

    /** Faces whose photo is named after somebody else than whom they bear. */
    const wrong = (): number =>
      listFaces(homes, work).filter(({ file, identity }) => {
        const name = names.find((each) => file.includes(`/${each}_0`));
        return identity !== null && identity.name !== name;
      }).length;
    const confirmed = (): number =>
      listFaces(homes, work).filter(({ state }) => state === 'confirmed').length;
    expect(wrong()).toBe(SWAPPED);

    // Accepted, and taken back: the same face is in question again.
    const first = await question.locator('.picture').getAttribute('data-face');
    await studio.keyboard.press('y');
    await expect(suspects).toHaveCount(SWAPPED - 1);
    await expect.poll(wrong).toBe(SWAPPED - 1);
    await studio.keyboard.press('Control+z');
    await expect(suspects).toHaveCount(SWAPPED);
    await expect(question.locator('.picture')).toHaveAttribute('data-face', first ?? '');
    await expect.poll(wrong).toBe(SWAPPED);

    // Kept where it is, and never proposed again.
    await studio.keyboard.press('a');
    await expect(suspects).toHaveCount(SWAPPED - 1);
    await expect.poll(confirmed).toBe(1);
    await studio.getByRole('button', { name: 'Rank again' }).click();
    await expect(suspects).toHaveCount(SWAPPED - 1);

    // Later is behind all others.
    const second = await question.locator('.picture').getAttribute('data-face');
    await studio.keyboard.press('l');
    await expect(suspects.last()).toHaveAttribute('data-face', second ?? '');

    // The rest together, after a look at what that changes.
    await studio.getByRole('checkbox', { name: 'Only the sure ones' }).uncheck();
    await studio.getByRole('button', { name: `Accept ${String(SWAPPED - 1)} proposals…` }).click();
    const panel = studio.getByRole('dialog', { name: 'Accept the proposals' });
    await expect(panel).toContainText(`${String(SWAPPED - 1)} faces of ${String(SWAPPED - 1)} identities`);
    await photograph('clean-accept');
    await studio.keyboard.press('Enter');
    await expect(studio.getByText('No face looks like another identity.')).toBeVisible();
    await expect.poll(wrong).toBe(1);
    await studio.getByRole('button', { name: 'Rank again' }).click();
    await expect(studio.getByText('No face looks like another identity.')).toBeVisible();
    expect(complaints).toEqual([]);
  });
});
