import type { ElectronApplication } from '@playwright/test';
import { makeMany } from './photos.ts';
import { servicesOf } from './processes.ts';
import { expect, test } from './studio.ts';

/** `src/core/jobs/notice.ts` calls that long. */
const LONG_JOB_MS = 10_000;

const labels = (application: ElectronApplication, menu: string): Promise<readonly string[]> =>
  application.evaluate(
    ({ Menu }, name) =>
      Menu.getApplicationMenu()
        ?.items.find(({ label }) => label === name)
        ?.submenu?.items.map(({ label, accelerator }) =>
          typeof accelerator === 'string' ? `${label} ${accelerator}` : label,
        ) ?? [],
    menu,
  );

test('the menu holds every command with its keys, as they are now, and runs them', async ({
  studio,
  application,
}) => {
  await expect.poll(() => labels(application, 'File')).toContain('Open folder… CmdOrCtrl+O');
  expect(await labels(application, 'Edit')).toEqual(
    expect.arrayContaining(['Undo CmdOrCtrl+Z', 'Redo CmdOrCtrl+Shift+Z']),
  );
  expect(await labels(application, 'View')).toContain('Show or hide boxes Z');
  expect(await labels(application, 'Go')).toContain('Go to Settings CmdOrCtrl+8');
  expect(await labels(application, 'Help')).toContain('Keys of this screen ?');
  await application.evaluate(({ Menu }) => {
    const go = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'Go');
    go?.submenu?.items.find(({ label }) => label === 'Go to Settings')?.click();
  });
  await studio.getByRole('button', { name: /^Keys of “Show or hide boxes”: Z/ }).click();
  await studio.keyboard.press('Control+j');
  await expect.poll(() => labels(application, 'View')).toContain('Show or hide boxes CmdOrCtrl+J');
});

declare global {
  // Where the main process of this test keeps what it told.
  var toldForTest: readonly string[] | undefined;
}

test('the end of a long job is told while the window is not in front, and a short one is not', async ({
  studio,
  application,
  homes,
  choose,
}) => {
  await application.evaluate(({ Notification, BrowserWindow }) => {
    globalThis.toldForTest = [];
    Notification.isSupported = () => true;
    Notification.prototype.show = function show(this: { title: string; body: string }) {
      globalThis.toldForTest = [...(globalThis.toldForTest ?? []), `${this.title}: ${this.body}`];
    };
    BrowserWindow.prototype.isFocused = () => false;
  });
  const told = (): Promise<readonly string[] | undefined> =>
    application.evaluate(() => globalThis.toldForTest);
  await choose(makeMany(homes.folder, 3));
  await studio.keyboard.press('Enter');
  await studio.getByText(/^Align many: 3 photos aligned/).waitFor({ timeout: 60_000 });
  await choose(makeMany(homes.folder, 60));
  await studio.keyboard.press('Enter');
  await studio.getByText(/^aligning [1-9]/).waitFor({ timeout: 60_000 });
  // A machine that sleeps makes any job a long one.
  const [service = 0] = servicesOf(application);
  process.kill(service, 'SIGSTOP');
  await studio.waitForTimeout(LONG_JOB_MS);
  process.kill(service, 'SIGCONT');
  await studio.getByText(/^Align many: 60 photos aligned/).waitFor({ timeout: 60_000 });
  await expect.poll(told).toEqual(['Align many: Done: 60 aligned.']);
});
