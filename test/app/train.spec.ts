import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { copyLfw, hasLfw } from './people.ts';
import { expect, PROJECT, test } from './studio.ts';
import { openWorkspace, workspaceOf } from './workspaces.ts';

const PEOPLE = 3;
const PHOTOS_OF_EACH = 6;

/** Types a number into a field of the dialog. */
const type = (page: Page, field: string, value: number): Promise<void> =>
  page.getByRole('dialog').getByRole('spinbutton', { name: field, exact: true }).fill(String(value));

test.describe('training', () => {
  test.skip(!hasLfw(), 'There is no LFW here.');
  test.setTimeout(300_000);

  test('a network is trained from the window, watched, stopped and resumed, and a run of the command line is there too', async ({
    studio,
    homes,
    electron,
    complaints,
    photograph,
  }) => {
    const workspace = workspaceOf(homes, copyLfw(homes.folder, PEOPLE, PHOTOS_OF_EACH));
    await studio.keyboard.press('Control+4');
    await expect(studio.getByText('No network was trained yet.')).toBeVisible();
    await openWorkspace(studio, electron, workspace);
    await studio.getByRole('grid', { name: 'Faces' }).getByRole('gridcell').first().waitFor();
    await studio.keyboard.press('Control+4');

    // What it would be is told before it begins, and what cannot be is refused.
    await studio.getByRole('button', { name: 'Train on work…' }).click();
    const dialog = studio.getByRole('dialog', { name: 'Train on work' });
    const start = dialog.getByRole('button', { name: 'Start training' });
    await expect(dialog.getByRole('region', { name: 'What it would be' })).toContainText('3 identities');
    await photograph('train-dialog');
    await dialog.getByRole('combobox', { name: 'Recipe' }).selectOption('Triplet loss');
    await expect(dialog.getByRole('spinbutton', { name: 'Held out', exact: true })).toBeVisible();
    await type(studio, 'Images of a step', 10);
    await expect(dialog).toContainText('A step of triplets takes a multiple of 3 images.');
    await expect(start).toBeDisabled();
    await dialog.getByRole('combobox', { name: 'Recipe' }).selectOption('Small machine');
    await type(studio, 'Least images of an identity', 100);
    await expect(dialog).toContainText('A training needs at least two identities');
    await expect(start).toBeDisabled();
    await type(studio, 'Least images of an identity', 2);
    await type(studio, 'Images of a step', 4);
    await type(studio, 'Steps of an epoch', 4);
    await type(studio, 'Epochs', 40);
    await dialog.getByRole('textbox', { name: 'Name' }).fill('First try');
    await expect(start).toBeEnabled();
    await start.click();

    // Its curves grow while it is looked at.
    const heading = studio.getByRole('heading', { name: 'First try' });
    await heading.waitFor();
    const progress = studio.getByRole('status', { name: 'Progress of the run' });
    await expect(progress).toContainText('of 160', { timeout: 120_000 });
    const loss = studio.getByRole('region', { name: 'Total loss' });
    await expect(loss).toContainText('best', { timeout: 60_000 });
    await expect(studio.getByRole('region', { name: 'Accuracy' })).toBeVisible();
    // The recipe has no centre loss: there is nothing to draw.
    await expect(studio.getByRole('region', { name: 'Centre loss' })).toHaveCount(0);

    // It ends after its present step, and goes on from there.
    await studio.getByRole('main').getByRole('button', { name: 'Stop' }).click();
    await studio.getByRole('main').getByRole('button', { name: 'Resume' }).click({ timeout: 60_000 });
    await expect(studio.getByRole('main').getByRole('button', { name: 'Pause' })).toBeVisible();
    await expect(progress).toContainText(/Epoch [4-9].* left/, { timeout: 90_000 });
    await photograph('train');
    await studio.getByRole('main').getByRole('button', { name: 'Pause' }).click();
    await expect(studio.getByRole('main').getByRole('button', { name: 'Resume' })).toBeVisible({
      timeout: 60_000,
    });
    const [run] = readdirSync(join(workspace, 'runs'));
    expect(readdirSync(join(workspace, 'runs', run ?? ''))).toContain('metrics.jsonl');

    // A run that somebody begins elsewhere is there too, and its curves are drawn beside those of the first.
    const options = [
      '--name',
      'Elsewhere',
      '--batch-size',
      '4',
      '--epoch-size',
      '2',
      '--max-nrof-epochs',
      '2',
    ];
    const cli = join(PROJECT, 'out', 'main', 'cli.js');
    const child = spawn(process.execPath, [cli, 'train', 'softmax', workspace, '--json', ...options], {
      env: homes.environment,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const elsewhere = studio
      .getByRole('complementary', { name: 'Runs' })
      .getByRole('button', { name: /Elsewhere/ });
    await elsewhere.waitFor({ timeout: 120_000 });
    await studio.getByRole('checkbox', { name: 'Draw Elsewhere too' }).check();
    await expect(loss).toContainText('Elsewhere', { timeout: 120_000 });
    await ended;
    await expect(elsewhere).toContainText('finished');
    await photograph('train-compared');
    expect(complaints).toEqual([]);
  });
});
