import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, launchElectron, serveStudio, test } from './studio.ts';

test('settings are found by their words, told why they cannot be, and kept for the next start', async ({
  studio,
  homes,
  complaints,
  photograph,
}) => {
  await studio.keyboard.press('Control+8');
  await expect(studio.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
  await photograph('settings');
  await studio.keyboard.press('Control+f');
  await studio.keyboard.type('pict cache');
  await expect(studio.getByRole('radiogroup', { name: 'Theme' })).toBeHidden();
  await studio.getByRole('spinbutton', { name: 'Picture cache' }).fill('2048');
  await studio.getByRole('searchbox', { name: 'Search settings' }).fill('quantum');
  await expect(studio.getByText('No setting is called “quantum”.')).toBeVisible();
  await studio.keyboard.press('Escape');
  await studio.getByRole('radiogroup', { name: 'Theme' }).getByText('Light').click();
  await studio.getByRole('radiogroup', { name: 'Focus ring' }).getByText('Strong').click();
  const root = studio.locator('html');
  await expect(root).toHaveAttribute('data-theme', 'light');
  await expect(root).toHaveAttribute('data-focus', 'strong');
  await studio.getByRole('radiogroup', { name: 'Faces are found by' }).getByText('WebAssembly').click();
  const engine = studio.getByRole('article', { name: 'Engine' }).last();
  await expect(engine.getByRole('heading')).toContainText('WebAssembly', { timeout: 60_000 });
  await photograph('settings-engine');
  await studio.keyboard.press('Control+1');
  await studio.getByRole('button', { name: 'Try the sample photos' }).click();
  await studio.getByText(/^Align samples: 6 photos aligned/).waitFor({ timeout: 60_000 });
  await expect(studio.getByRole('contentinfo')).toContainText('WebAssembly');
  await studio.keyboard.press('Control+8');
  const file = join(homes.environment['FACENET_STUDIO_HOME'] ?? '', 'settings.json');
  await expect
    .poll(() => JSON.parse(readFileSync(file, 'utf8')) as unknown)
    .toMatchObject({
      ...{ format: 1, engine: 'wasm', strongFocus: true, pictureCacheMebibytes: 2048 },
      window: { theme: 'light', screen: 'settings' },
    });
  expect(complaints).toEqual([]);
});

test('keys are changed, taken from another command after a question, and reset', async ({
  studio,
  complaints,
  photograph,
}) => {
  await studio.keyboard.press('Control+8');
  await studio.getByRole('button', { name: /^Keys of “Commands”: Ctrl\+K/ }).click();
  await studio.keyboard.press('ArrowUp');
  await expect(studio.getByText(/^↑ is “.*” in the .*, and stays that\./)).toBeVisible();
  await studio.keyboard.press('Control+b');
  await expect(studio.getByText('Ctrl+B is “Show or hide filters”.')).toBeVisible();
  await photograph('settings-conflict');
  await studio.getByRole('button', { name: 'Take it from there' }).click();
  await expect(studio.getByRole('button', { name: /^Keys of “Show or hide filters”: none/ })).toBeVisible();
  await studio.keyboard.press('Control+k');
  await expect(studio.getByPlaceholder('Type a command')).toBeHidden();
  await studio.keyboard.press('Control+b');
  await expect(studio.getByPlaceholder('Type a command')).toBeFocused();
  await studio.keyboard.press('Escape');
  await studio.getByRole('button', { name: 'Reset all keys' }).click();
  await expect(
    studio.getByRole('button', { name: /^Keys of “Show or hide filters”: Ctrl\+B/ }),
  ).toBeVisible();
  await studio.keyboard.press('?');
  const dialog = studio.getByRole('dialog', { name: 'Keys' });
  await expect(dialog).toContainText('Ctrl+K');
  expect(complaints).toEqual([]);
});

/** Two steps wider than at the first start. */
const WIDENED_PX = '280';
const edgeOfFilters = (page: Page): Locator => page.getByRole('separator', { name: 'Width of Filters' });
const inspectorOf = (page: Page): Locator =>
  page.getByRole('complementary', { name: 'Inspector', exact: true });
const hasPanes = async (page: Page): Promise<void> => {
  await page.keyboard.press('Control+1');
  await expect(edgeOfFilters(page)).toHaveAttribute('aria-valuenow', WIDENED_PX);
  await expect(inspectorOf(page)).toBeHidden();
};

test('the next start shows the screen, the theme and the panes of the last one', async ({
  studio,
  electron,
  homes,
}) => {
  await studio.getByRole('button', { name: 'Try the sample photos' }).click();
  await studio.getByText(/^Align samples: 6 photos aligned/).waitFor({ timeout: 60_000 });
  const edge = edgeOfFilters(studio);
  await edge.press('ArrowRight');
  await edge.press('ArrowRight');
  await expect(edge).toHaveAttribute('aria-valuenow', WIDENED_PX);
  await studio.keyboard.press('Control+i');
  await expect(inspectorOf(studio)).toBeHidden();
  await studio.keyboard.press('Control+8');
  await studio.getByRole('radiogroup', { name: 'Theme' }).getByText('Light').click();
  const file = join(homes.environment['FACENET_STUDIO_HOME'] ?? '', 'settings.json');
  await expect.poll(() => readFileSync(file, 'utf8')).toContain('"theme": "light"');
  if (electron !== null) {
    await electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 60, y: 70, width: 1200, height: 760 });
    });
    await electron.close();
    const next = await launchElectron(homes);
    const page = await next.firstWindow();
    await expect(page.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
    const bounds = await next.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
    );
    expect(bounds).toEqual({ x: 60, y: 70, width: 1200, height: 760 });
    await hasPanes(page);
    await next.close();
    return;
  }
  // Another port is another origin: a browser remembers nothing there.
  const next = await serveStudio(homes, ['--root', homes.folder]);
  await studio.goto(next.url);
  await expect(studio.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
  expect(await studio.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
  await hasPanes(studio);
  await next.stop();
});
