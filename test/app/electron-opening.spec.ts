import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { makeMany, makePeople } from './photos.ts';
import { answerQuestions, expect, settingsDialog, test } from './studio.ts';

const KEEP_RUNNING = 0;
const STOP_AND_QUIT = 1;
const CANCEL = 2;

/** Drops a file or folder on the middle of the window, as the system does. */
const drop = async (page: Page, path: string, isDropped: () => Promise<void>): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data });
  await isDropped();
  await session.send('Input.dispatchDragEvent', { type: 'drop', x: 500, y: 400, data });
  await session.detach();
};

/** Presses Enter in the moment in which a dialog is there, before it has the focus. The dialog's text. */
const enterAtOnce = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const watch = new MutationObserver(() => {
          const dialog = document.querySelector('[role="dialog"]');
          if (dialog === null) return;
          watch.disconnect();
          resolve(dialog.textContent);
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
        });
        watch.observe(document.body, { childList: true, subtree: true });
      }),
  );

test('a folder that is dropped on the window is opened, as early as Enter may come', async ({
  studio,
  homes,
  complaints,
  photograph,
}) => {
  const people = await makePeople(homes.folder);
  await studio.getByRole('button', { name: 'Try the sample photos' }).waitFor();
  const asked = enterAtOnce(studio);
  await drop(studio, people, async () => {
    await expect(studio.getByText('Drop the folder to open it')).toBeVisible();
    await photograph('drop');
  });
  expect(await asked).toContain(people);
  await studio.getByText(/^Align people: 3 photos aligned/).waitFor({ timeout: 60_000 });
  expect(complaints).toEqual([]);
});

test('a file that is dropped, and a folder that went away, are refused with a sentence', async ({
  studio,
  homes,
  choose,
  complaints,
  photograph,
}) => {
  const file = join(homes.folder, 'photo.jpg');
  writeFileSync(file, 'x');
  await studio.getByRole('button', { name: 'Try the sample photos' }).waitFor();
  await drop(studio, file, () => Promise.resolve());
  await expect(studio.getByText(`${file} is not a folder`, { exact: false })).toBeVisible();
  const many = makeMany(homes.folder, 6);
  await choose(many);
  const dialog = settingsDialog(studio);
  await expect(dialog).toBeVisible();
  rmSync(many, { recursive: true });
  await studio.keyboard.press('Enter');
  await expect(studio.getByText(`There is no folder ${many}`, { exact: false })).toBeVisible();
  await expect(dialog).toBeVisible();
  await photograph('folder-gone');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(studio.getByRole('button', { name: 'Try the sample photos' })).toBeVisible();
  expect(complaints).toEqual([]);
});

test('closing the window while a job runs asks, and leaves it as it is or lets the job go on without a window', async ({
  studio,
  application,
  homes,
  choose,
}) => {
  await choose(makeMany(homes.folder, 150));
  await studio.keyboard.press('Enter');
  await studio.getByText(/^aligning [1-9]/).waitFor({ timeout: 60_000 });
  const close = (): Promise<void> =>
    application.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.close();
    });
  const isVisible = (): Promise<boolean | undefined> =>
    application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  const questions = (): Promise<number> =>
    application.evaluate(() => globalThis.questionsForTest?.length ?? 0);
  await answerQuestions(application, CANCEL);
  await close();
  await expect.poll(questions).toBe(1);
  expect(await isVisible()).toBe(true);
  const [question] = await application.evaluate(() => globalThis.questionsForTest ?? []);
  expect(question).toMatchObject({ message: 'A job is still running.' });
  await answerQuestions(application, KEEP_RUNNING);
  const child = application.process();
  await close();
  await expect.poll(isVisible).toBe(false);
  // With the last job the hidden studio ends.
  await expect.poll(() => child.exitCode, { timeout: 90_000 }).toBe(0);
});

test('stopping at the close of the window ends the studio at once, and the job can be taken up again', async ({
  studio,
  application,
  homes,
  choose,
}) => {
  await choose(makeMany(homes.folder, 150));
  await studio.keyboard.press('Enter');
  await studio.getByText(/^aligning [1-9]/).waitFor({ timeout: 60_000 });
  await answerQuestions(application, STOP_AND_QUIT);
  const child = application.process();
  await application
    .evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.close();
    })
    // The answer may be lost with the program.
    .catch(() => undefined);
  await expect.poll(() => child.exitCode).toBe(0);
});
