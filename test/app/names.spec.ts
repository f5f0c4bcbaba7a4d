import type { Page } from '@playwright/test';
import { makePeople } from './photos.ts';
import { expect, settingsDialog, test } from './studio.ts';

/**
 * Everything on the page that somebody who does not see it cannot use, in words: controls and landmarks without a name, two of
 * one kind with the same name beside each other, pictures without a text, references to what is not there.
 */
const unusable = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const CONTROLS =
      'button, a[href], input:not([type="hidden"]), select, textarea, summary, [tabindex="0"], [role="button"], [role="slider"], [role="separator"][tabindex], [role="grid"], [role="dialog"], [role="radiogroup"], [role="group"], nav, aside, form[aria-label], article, progress';
    const textOf = (id: string): string => document.getElementById(id)?.textContent.trim() ?? '';
    const labelOf = (element: Element): string =>
      element instanceof HTMLInputElement || element instanceof HTMLSelectElement
        ? [...(element.labels ?? [])].map((given) => given.textContent.trim()).join(' ')
        : '';
    const contentOf = (element: Element): string => {
      const isNamedByContent = element.matches('button, a, summary, li, [role="button"], [role="gridcell"]');
      const pictures = [...element.querySelectorAll('[role="img"], img')].map(
        (picture) => picture.getAttribute('aria-label') ?? picture.getAttribute('alt') ?? '',
      );
      return isNamedByContent ? `${element.textContent.trim()} ${pictures.join(' ')}`.trim() : '';
    };
    const nameOf = (element: Element): string =>
      [
        (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).map(textOf).join(' ').trim(),
        element.getAttribute('aria-label')?.trim() ?? '',
        labelOf(element),
        contentOf(element),
      ].find((name) => name !== '') ?? '';
    const isShown = (element: Element): boolean =>
      element.checkVisibility({ visibilityProperty: true }) &&
      element.closest('[inert], [aria-hidden="true"]') === null;
    const tellOf = (element: Element): string =>
      `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} ${element.outerHTML.slice(0, 120)}`;
    const shown = (selector: string): readonly Element[] =>
      [...document.querySelectorAll(selector)].filter(isShown);
    const isMissing = (element: Element, attribute: string): boolean =>
      (element.getAttribute(attribute) ?? '').split(/\s+/).some((id) => document.getElementById(id) === null);
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    const told = (what: string, elements: readonly Element[]): readonly string[] =>
      elements.map((element) => `${what}: ${tellOf(element)}`);
    return [
      ...told(
        'no name',
        shown(CONTROLS).filter((element) => nameOf(element) === ''),
      ),
      ...told('no text', shown('img:not([alt])')),
      ...['aria-labelledby', 'aria-describedby'].flatMap((attribute) =>
        told(
          `${attribute} of what is not there`,
          shown(`[${attribute}]`).filter((element) => isMissing(element, attribute)),
        ),
      ),
      ...ids.filter((id, place) => ids.indexOf(id) !== place).map((id) => `two elements have the id ${id}`),
      ...told(
        'empty heading',
        shown('h1, h2, h3').filter(({ textContent }) => textContent.trim() === ''),
      ),
    ];
  });

test('every control of every screen has a name', async ({ studio, homes, choose, electron }) => {
  const check = async (what: string): Promise<void> => {
    expect(await unusable(studio), what).toEqual([]);
  };
  await studio.getByRole('button', { name: 'Try the sample photos' }).waitFor();
  await check('welcome');
  await choose(await makePeople(homes.folder));
  await settingsDialog(studio).getByText('Advanced').click();
  await check('settings of a folder');
  await settingsDialog(studio).getByRole('button', { name: 'Align', exact: true }).click();
  await studio.getByText(/^Align people: 3 photos aligned/).waitFor({ timeout: 60_000 });
  await check('library');
  await studio.getByRole('gridcell', { name: /^ann\/1\.jpg/ }).click();
  await check('inspector');
  await studio.keyboard.press('Enter');
  await expect(studio.locator('.picture img')).toBeVisible();
  await check('photo');
  await studio.keyboard.press('Escape');
  await studio.keyboard.press('Control+7');
  await check('activity');
  await studio.keyboard.press('Control+8');
  await expect(studio.getByText('Program data')).toBeVisible();
  await check('settings');
  await studio.keyboard.press('?');
  await expect(studio.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await check('keys');
  await studio.keyboard.press('Escape');
  await studio.keyboard.press('Control+k');
  await expect(studio.getByPlaceholder('Type a command')).toBeFocused();
  await check('commands');
  await studio.keyboard.press('Escape');
  if (electron !== null) return;
  await studio.keyboard.press('Control+o');
  await expect(studio.getByRole('dialog', { name: 'Open a folder of photos' })).toBeVisible();
  await check('folders');
});
