import { defineConfig } from '@playwright/test';

/** Each shell shows the same window; `npm test` runs the projects whose programs this machine has. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/playwright',
  // Windows of one machine share its display and its cores.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  projects: [
    { name: 'electron', testIgnore: '**/browser-*.spec.ts' },
    { name: 'browser', testIgnore: '**/electron-*.spec.ts' },
  ],
});
