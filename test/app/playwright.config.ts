import { defineConfig } from '@playwright/test';

/** Each shell shows the same window; `npm test` runs the projects whose programs this machine has. */
export default defineConfig({
  testDir: '.',
  // The windows of one shell share its display; the two shells are run side by side, each with its own results.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  projects: [
    {
      name: 'electron',
      testIgnore: '**/browser-*.spec.ts',
      outputDir: '../../test-results/playwright-electron',
    },
    {
      name: 'browser',
      testIgnore: '**/electron-*.spec.ts',
      outputDir: '../../test-results/playwright-browser',
    },
  ],
});
