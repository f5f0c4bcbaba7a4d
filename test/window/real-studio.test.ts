import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBrowserShell, type BrowserShell } from '../../src/cli/serve/server.ts';
import type { StudioClient } from '../../src/contract/studio.ts';
import { processEntry } from '../../src/node/processes/entry.ts';
import { shareProcess, type SharedProcess } from '../../src/node/processes/share.ts';
import { listWindowFiles } from '../../src/node/processes/window-files.ts';
import { needShared, SHARED_FOLDER } from '../support/shared.ts';
import { buildWindow, launchChromium, NO_CHROMIUM, openWindow, type BuiltWindow } from './browser.ts';

const ALIGNED_WITHIN = { timeout: 50_000 };

const home = mkdtempSync(join(tmpdir(), 'facenet-studio-'));
let built: BuiltWindow;
let browser: Browser;
let service: SharedProcess<StudioClient>;
let shell: BrowserShell;
let page: Page;
let problems: readonly string[] = [];

beforeAll(async () => {
  if (NO_CHROMIUM !== null) return;
  built = await buildWindow();
  browser = await launchChromium();
  service = shareProcess<StudioClient>({
    entry: processEntry('studio'),
    arguments: [`--root=${SHARED_FOLDER}`],
    environment: { FACENET_STUDIO_HOME: home, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  const files = listWindowFiles(built.folder);
  shell = await startBrowserShell({ port: 0, service, files, report: () => undefined });
  ({ page, problems } = await openWindow(browser, shell.url));
});
afterAll(async () => {
  if (NO_CHROMIUM === null) {
    await browser.close();
    await shell.close();
    await service.process.stop();
    await built.remove();
  }
  rmSync(home, { recursive: true, force: true });
});
beforeEach((context) => {
  if (NO_CHROMIUM !== null) context.skip(NO_CHROMIUM);
});

describe('somebody who starts the studio for the first time', () => {
  it('gets the faces of the sample photos with one click', async () => {
    await page.getByRole('button', { name: 'Try the sample photos' }).click();
    await page.getByText(/^Align samples: 6 photos aligned/).waitFor(ALIGNED_WITHIN);
    await page.locator('[data-index="5"] svg [data-face="0"]').waitFor();
    await page.getByText(/sample photos?\. MIT/).waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });

  it('sees the crop and the numbers of a photo beside it', async () => {
    await page.click('[data-index="2"]');
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await inspector.getByText('sample3.jpg', { exact: true }).waitFor();
    const crop = inspector.getByRole('img', { name: 'Crop of face' });
    await crop.waitFor();
    expect(await crop.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0))).toBe(
      182,
    );
  });

  it('opens a folder of the server, and finds what failed with its reason one click away', async (context) => {
    needShared(context, 'data', 'formats');
    await page.keyboard.press('Control+o');
    const dialog = page.getByRole('dialog', { name: 'Open a folder of photos' });
    await dialog.getByRole('button', { name: 'data', exact: true }).click();
    await dialog.getByRole('button', { name: 'formats', exact: true }).click();
    await dialog.getByText(/photos directly in here/).waitFor();
    await dialog.getByRole('button', { name: 'Open this folder' }).click();
    await page.getByRole('dialog', { name: 'Align the faces of formats' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText(/^Align formats: \d+ photos aligned/).waitFor(ALIGNED_WITHIN);
    await page.getByRole('button', { name: /^Failed Failed/ }).click();
    const broken = page.getByRole('gridcell', { name: /truncated\.jpg, Failed: / });
    await broken.waitFor();
    expect(await broken.innerText()).toContain('The file ends before the picture does');
    // What was there before stays until the filtered list has come.
    await page
      .getByRole('gridcell', { name: /, 1 face$/ })
      .first()
      .waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Remove filter: Failed' }).click();
    await page
      .getByRole('gridcell', { name: /, 1 face$/ })
      .first()
      .waitFor();
  });

  it('reads in Activity what was done, and comes from each number to its photos', async (context) => {
    needShared(context, 'data', 'formats');
    await page.keyboard.press('Control+7');
    const card = page.getByRole('article', { name: 'Align formats' });
    await card.getByRole('button', { name: /^\d+ failed$/ }).click();
    await page.getByRole('gridcell', { name: /truncated\.jpg/ }).waitFor();
    await page.getByRole('button', { name: 'Remove filter: Failed' }).waitFor();
  });

  it('goes on working after the studio service died and was started again', async () => {
    service.process.kill();
    await page.getByText('Reconnecting').waitFor();
    await page.getByText('Reconnecting').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Sample photos', exact: false }).first().click();
    await page.getByRole('gridcell', { name: /^sample1\.jpg/ }).waitFor(ALIGNED_WITHIN);
    expect(problems).toEqual([]);
  });
});
