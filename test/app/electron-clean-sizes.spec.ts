import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { copyLfw, hasLfw } from './people.ts';
import { nameOfSize, overflowing, resizeWindow, SIZES } from './sizes.ts';
import { expect, test } from './studio.ts';
import { openWorkspace, runCommand, workspaceOf } from './workspaces.ts';

const PEOPLE = 10;
const PHOTOS_OF_EACH = 4;
const LONG = 'A name that does not end '.repeat(8).trim();

/** People of LFW; a photo of the first one, who has a very long name, lies in the folder of the second. */
const preparePhotos = (home: string): string => {
  const folder = copyLfw(home, PEOPLE, PHOTOS_OF_EACH);
  const [first = '', second = ''] = readdirSync(folder).sort();
  renameSync(join(folder, first), join(folder, LONG));
  const photo = `${first}_000${String(PHOTOS_OF_EACH)}.jpg`;
  renameSync(join(folder, LONG, photo), join(folder, second, photo));
  return folder;
};

test.describe('the Clean screen', () => {
  test.skip(!hasLfw(), 'There is no LFW here.');
  test.setTimeout(180_000);

  test('fits windows of 1440, 1024 and 800 px and 200 % zoom with a very long name', async ({
    studio,
    application,
    homes,
    complaints,
    photograph,
  }) => {
    const work = workspaceOf(homes, preparePhotos(homes.folder));
    await openWorkspace(studio, application, work);
    await expect(studio.getByRole('button', { name: /^lfw \d+$/ })).toBeVisible();
    await runCommand(studio, 'Look for wrong labels');
    const suspects = studio.getByRole('navigation', { name: 'Suspects' }).getByRole('button');
    await expect(suspects).toHaveCount(1, { timeout: 120_000 });
    const evidence = studio.getByRole('complementary', { name: 'Evidence' });
    await evidence
      .getByRole('region', { name: /^Looks like / })
      .getByRole('img')
      .first()
      .waitFor();
    for (const size of SIZES) {
      await resizeWindow(application, studio, size);
      for (const name of [/^It is A name/, 'Confirm', 'Later'])
        await expect(studio.getByRole('button', { name }).last()).toBeInViewport();
      expect(await overflowing(studio), nameOfSize(size, 'dark')).toEqual([]);
      await photograph(`${nameOfSize(size, 'dark')}-clean`);
    }
    expect(complaints).toEqual([]);
  });
});
