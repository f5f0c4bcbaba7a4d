import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';
import { findChromium } from '../../scripts/testing/programs.mjs';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';

/** Why the tests of the window cannot run here; null when they can. */
export const NO_CHROMIUM = findChromium() === null ? 'there is no Chromium (apt install chromium)' : null;

export type BuiltWindow = { readonly folder: string; remove(): Promise<void> };

/** Builds the window from the sources under test, so that a test never shows an older build. */
export const buildWindow = async (): Promise<BuiltWindow> => {
  await mkdir(join(PROJECT_FOLDER, 'out'), { recursive: true });
  const folder = await mkdtemp(join(PROJECT_FOLDER, 'out', 'window-test-'));
  await build({
    root: join(PROJECT_FOLDER, 'src', 'renderer'),
    configFile: false,
    logLevel: 'error',
    plugins: [svelte()],
    build: { outDir: folder, emptyOutDir: false, target: 'chrome130', modulePreload: false },
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
};

export const launchChromium = (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('There is no Chromium.');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
};

export type WindowPage = { readonly page: Page; readonly problems: readonly string[] };

/** Opens the window; `problems` gathers whatever breaks the security policy or throws in it. */
export const openWindow = async (
  browser: Browser,
  url: string,
  viewport = { width: 1280, height: 800 },
): Promise<WindowPage> => {
  const context = await browser.newContext({ viewport, colorScheme: 'dark' });
  const page = await context.newPage();
  const problems: string[] = [];
  await page.exposeFunction('tellProblem', (sentence: string) => problems.push(sentence));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      // Put there by `exposeFunction` above.
      const { tellProblem } = globalThis as unknown as { readonly tellProblem: (sentence: string) => void };
      tellProblem(`policy: ${violatedDirective} ${blockedURI}`);
    });
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(url);
  return { page, problems };
};
