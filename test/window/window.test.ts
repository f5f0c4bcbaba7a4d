import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWindow, launchChromium, NO_CHROMIUM, openWindow, type BuiltWindow } from './browser.ts';
import { startFakeStudio, type FakeStudio, type FakeStudioOptions } from './fake-studio.ts';

const TWO_MILLION = 2_000_000;

const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-'));
let built: BuiltWindow;
let browser: Browser;
let studio: FakeStudio | null = null;
let problems: readonly string[] = [];

const open = async (
  options: Partial<FakeStudioOptions>,
  viewport?: { readonly width: number; readonly height: number },
): Promise<Page> => {
  studio = await startFakeStudio({ window: built.folder, folder, photos: 1000, ...options });
  const opened = await openWindow(browser, studio.shell.url, viewport);
  ({ problems } = opened);
  await opened.page.locator('[data-index="0"] img').waitFor();
  return opened.page;
};
const activeTile = (page: Page): Promise<string | undefined> =>
  page.evaluate(() =>
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset['index'] : '',
  );
const scrollTop = (page: Page): Promise<number> =>
  page.locator('[role="grid"]').evaluate((element) => element.scrollTop);
const columns = async (page: Page): Promise<number> =>
  Number(await page.locator('[role="grid"]').getAttribute('aria-colcount'));

beforeAll(async () => {
  if (NO_CHROMIUM !== null) return;
  built = await buildWindow();
  browser = await launchChromium();
});
afterAll(async () => {
  if (NO_CHROMIUM === null) {
    await browser.close();
    await built.remove();
  }
  rmSync(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if (NO_CHROMIUM !== null) context.skip(NO_CHROMIUM);
});
afterEach(async () => {
  expect(problems).toEqual([]);
  problems = [];
  await studio?.close();
  studio = null;
  for (const context of NO_CHROMIUM === null ? browser.contexts() : []) await context.close();
});

describe('the grid', () => {
  it('is walked by keys alone, from the first photo to the last and back', async () => {
    const page = await open({});
    const width = await columns(page);
    await page.focus('[data-index="0"]');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    expect(await activeTile(page)).toBe(String(width + 1));
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowUp');
    expect(await activeTile(page)).toBe('0');
    await page.keyboard.press('End');
    await page.locator('[data-index="999"]:focus').waitFor();
    await page.keyboard.press('Home');
    await page.locator('[data-index="0"]:focus').waitFor();
    await page.keyboard.press('PageDown');
    expect(Number(await activeTile(page))).toBeGreaterThan(width);
  });

  it('tells a screen reader how large it is and what each photo shows', async () => {
    const page = await open({});
    const width = await columns(page);
    const grid = page.getByRole('grid', { name: 'Photos' });
    expect(Number(await grid.getAttribute('aria-rowcount'))).toBe(Math.ceil(1000 / width));
    const second = page.locator('[role="row"]').nth(1);
    expect(await second.getAttribute('aria-rowindex')).toBe('2');
    await page.getByRole('gridcell', { name: 'person-3/photo-3.jpg, 1 face' }).waitFor();
  });

  it('keeps hearing keys when the photo in focus was scrolled away', async () => {
    const page = await open({});
    await page.click('[data-index="1"]');
    await page.mouse.wheel(0, 20_000);
    await page.locator('[data-index="1"]').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-index="2"]:focus').waitFor();
  });

  it('selects by Ctrl and Shift click, and the whole filter by Ctrl+A', async () => {
    const page = await open({ photos: TWO_MILLION });
    await page.click('[data-index="1"]');
    await page.click('[data-index="4"]', { modifiers: ['Shift'] });
    expect(await page.locator('[aria-selected="true"]').count()).toBe(4);
    await page.click('[data-index="2"]', { modifiers: ['Control'] });
    expect(await page.locator('[aria-selected="true"]').count()).toBe(3);
    await page.keyboard.press('Control+a');
    await page.getByText('2,000,000 selected', { exact: true }).waitFor();
    await page.click('[data-index="0"]', { modifiers: ['Control'] });
    await page.getByText('1,999,999 selected', { exact: true }).waitFor();
  });

  it('of two million photos is scrolled to its last one, and fetches only pages in view', async () => {
    const page = await open({ photos: TWO_MILLION });
    await page.locator('[role="grid"]').evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    await page.locator(`[data-index="${String(TWO_MILLION - 1)}"] img`).waitFor();
    const box = await page.locator(`[data-index="${String(TWO_MILLION - 1)}"]`).boundingBox();
    const grid = await page.locator('[role="grid"]').boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((grid?.y ?? 0) + (grid?.height ?? 0) + 1);
    expect(await page.locator('[role="gridcell"]').count()).toBeLessThan(200);
    expect(studio?.asked.mostRows).toBe(200);
    expect(studio?.asked.calls).toBeLessThan(10);
  });

  it('of two million photos moves by a notch of the wheel no farther than a small one does', async () => {
    const page = await open({ photos: TWO_MILLION });
    await page.keyboard.press('Control+f');
    await page.hover('[data-index="0"]');
    const tile = await page.locator('[data-index="0"]').boundingBox();
    await page.mouse.wheel(0, 60);
    await page.waitForFunction(
      (before) => (document.querySelector('[data-index="0"]')?.getBoundingClientRect().top ?? 0) !== before,
      tile?.y,
    );
    const moved = await page.locator('[data-index="0"]').boundingBox();
    expect((tile?.y ?? 0) - (moved?.y ?? 0)).toBeCloseTo(60, 0);
  });
});

describe('a photo', () => {
  it('opens large, is stepped through, and Esc leads back to the same place', async () => {
    const page = await open({});
    await page.hover('[data-index="0"]');
    await page.mouse.wheel(0, 900);
    await page.waitForFunction(() => (document.querySelector('[role="grid"]')?.scrollTop ?? 0) === 900);
    const index = (await columns(page)) * 7;
    await page.click(`[data-index="${String(index)}"]`);
    const before = await scrollTop(page);
    await page.keyboard.press('Enter');
    await page.getByRole('application').waitFor();
    await page.locator('.picture img').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByText(`${String(index + 2)} / 1,000`).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText(`${String(index + 1)} / 1,000`).waitFor();
    await page.keyboard.press('Escape');
    await page.locator(`[data-index="${String(index)}"]:focus`).waitFor();
    expect(await scrollTop(page)).toBe(before);
    expect(await page.getByRole('application').count()).toBe(0);
  });

  it('shows its boxes exactly over the picture, with lines that keep their width when zoomed', async () => {
    const page = await open({});
    await page.click('[data-index="0"]');
    await page.keyboard.press('Enter');
    const picture = page.locator('.picture img');
    await picture.waitFor();
    const check = async (): Promise<void> => {
      const image = await picture.boundingBox();
      const line = await page.locator('.picture rect.line').boundingBox();
      const scale = (image?.width ?? 0) / 200;
      // Photo 0 has its face at 40, 30; half of the line lies outside.
      expect((line?.x ?? 0) - (image?.x ?? 0)).toBeCloseTo(40 * scale, -1);
      expect((line?.y ?? 0) - (image?.y ?? 0)).toBeCloseTo(30 * scale, -1);
      const stroke = await page.locator('.picture rect.line').evaluate((element) => {
        const style = getComputedStyle(element);
        return [style.strokeWidth, style.getPropertyValue('vector-effect')];
      });
      expect(stroke).toEqual(['2px', 'non-scaling-stroke']);
    };
    await check();
    await page.hover('.stage');
    await page.mouse.wheel(0, -300);
    await check();
    await page.keyboard.press('z');
    expect(await page.locator('.picture rect.line').count()).toBe(0);
  });
});

describe('the window', () => {
  it('says that it reconnects while the studio is away, and goes on when it is back', async () => {
    const page = await open({});
    studio?.down();
    await page.getByText('Reconnecting').waitFor();
    await page.locator('[role="grid"]').evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    await page.locator('[data-index="999"]').waitFor();
    expect(await page.locator('[data-index="999"] img').count()).toBe(0);
    studio?.up();
    await page.getByText('Reconnecting').waitFor({ state: 'detached' });
    await page.locator('[data-index="999"] img').waitFor();
  });

  it('says what is wrong and offers to try again', async () => {
    studio = await startFakeStudio({
      ...{ window: built.folder, folder, photos: 5 },
      refusal: 'The disk with /photos is not there. Connect it and try again.',
    });
    const { page } = await openWindow(browser, studio.shell.url);
    await page.getByRole('alert').getByText('The disk with /photos is not there.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
  });

  it('folds its panes at 800 px and never scrolls sideways, whatever the names', async () => {
    const page = await open(
      { nameOf: (id) => `${'a-very-long-folder-name-'.repeat(6)}/${'long '.repeat(30)}${String(id)}.jpg` },
      { width: 800, height: 600 },
    );
    const overflow = (): Promise<readonly string[]> =>
      page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll('body, main, footer, [role="grid"], .photo')]
          .filter((element) => element.scrollWidth > element.clientWidth)
          .map((element) => element.className),
      );
    expect(await page.getByRole('complementary').count()).toBe(0);
    expect(await overflow()).toEqual([]);
    await page.keyboard.press('Control+b');
    await page.getByRole('complementary', { name: 'Filters' }).waitFor();
    expect(await overflow()).toEqual([]);
    await page.keyboard.press('Control+i');
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor();
    expect(await overflow()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.click('[data-index="0"]');
    await page.keyboard.press('Enter');
    await page.locator('.picture img').waitFor();
    expect(await overflow()).toEqual([]);
  });

  it('finds every command by its name, and runs it', async () => {
    const page = await open({});
    await page.keyboard.press('Control+k');
    await page.keyboard.type('settings');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.getByText('Light', { exact: true }).click();
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  });

  it('takes everything that is typed right after Ctrl+K for the name of a command', async () => {
    const page = await open({});
    await page.focus('[data-index="0"]');
    const session = await page.context().newCDPSession(page);
    const press = (key: string, text?: string): Promise<unknown> =>
      session.send('Input.dispatchKeyEvent', {
        ...{ type: 'keyDown', key, code: `Key${key.toUpperCase()}` },
        ...(text === undefined ? { modifiers: 2 } : { text }),
      });
    // All at once, as fast as no hand is: nothing waits for the window.
    await Promise.all([press('k'), ...'go to activity'.split('').map((letter) => press(letter, letter))]);
    await expect.poll(() => page.getByPlaceholder('Type a command').inputValue()).toBe('go to activity');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Activity' }).waitFor();
  });

  it('tells what ended while nobody looks at it, once the browser was asked and as long as it is wanted', async () => {
    const page = await open({});
    await page.evaluate(() => {
      const told: string[] = [];
      class Recorded extends EventTarget {
        static permission = 'default';
        static requestPermission = () => Promise.resolve((Recorded.permission = 'granted'));
        constructor(title: string, { body }: { readonly body: string }) {
          super();
          told.push(`${title}: ${body}`);
        }
      }
      Object.assign(window, { Notification: Recorded, toldForTest: told });
    });
    const told = (): Promise<unknown> => page.evaluate(() => Reflect.get(window, 'toldForTest') as unknown);
    const look = (isLooking: boolean): Promise<void> =>
      page.evaluate((hasFocus) => {
        document.hasFocus = () => hasFocus;
      }, isLooking);
    const tell = async (body: string): Promise<void> => {
      studio?.tell({ title: 'Align lfw', body });
      // The next thing that the window hears comes after it.
      await page.waitForTimeout(150);
    };
    await look(false);
    await tell('not asked yet');
    await page.keyboard.press('Control+8');
    await page.getByRole('button', { name: 'Ask it' }).click();
    await page.getByRole('button', { name: 'Ask it' }).waitFor({ state: 'detached' });
    await tell('done');
    await look(true);
    await tell('seen by itself');
    expect(await told()).toEqual(['Align lfw: done']);
  });

  it('remembers tile size, theme and panes', async () => {
    const page = await open({});
    for (const keys of ['Control+]', 'Control+]', 'Control+i']) await page.keyboard.press(keys);
    await page.reload();
    await page.locator('[data-index="0"] img').waitFor();
    expect(await page.getByRole('complementary', { name: 'Inspector' }).count()).toBe(0);
    expect(await page.getByRole('slider', { name: 'Tile size' }).inputValue()).toBe('192');
  });
});
