import type { ElectronApplication, Page } from '@playwright/test';

/** Sizes of the window, with its zoom, at which every screen has to fit. */
export const SIZES = [
  { width: 1440, height: 900, zoom: 1 },
  { width: 1024, height: 700, zoom: 1 },
  { width: 800, height: 600, zoom: 1 },
  { width: 1440, height: 900, zoom: 2 },
] as const;
export type WindowSize = (typeof SIZES)[number];

/** Gives the window a size and waits until the page has it. */
export const resizeWindow = async (
  application: ElectronApplication,
  page: Page,
  size: WindowSize,
): Promise<void> => {
  await application.evaluate(({ BrowserWindow }, { width, height, zoom }) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.setContentSize(width, height);
    window?.webContents.setZoomFactor(zoom);
  }, size);
  await page.waitForFunction((expected) => innerWidth === expected, size.width / size.zoom);
};

/** `1024-dark`, `1440-zoomed-light`: the beginning of a screenshot's name. */
export const nameOfSize = ({ width, zoom }: WindowSize, theme: string): string =>
  `${String(width)}-${zoom === 1 ? '' : 'zoomed-'}${theme.toLowerCase()}`;

/** Elements that would have to be scrolled sideways, or whose text sticks out of the window. */
export const overflowing = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll(
        'html, body, main, header, footer, aside > *, [role="grid"], [role="dialog"], [role="dialog"] *',
      ),
    ]
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      .filter((element) => !['hidden', 'clip'].includes(getComputedStyle(element).overflowX))
      .map((element) => `${element.tagName} ${element.className}`),
  );
