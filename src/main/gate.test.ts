import { describe, expect, it, vi } from 'vitest';
import { isOurAddress, pictureAddressOf } from './addresses.ts';

vi.mock('electron', () => ({}));
const { isOurSender } = await import('./guard.ts');

const WINDOW = 7;
const ours = { url: 'studio://app/', parent: null };

describe('main answers', () => {
  it('the main frame of its own window while that shows our page', () => {
    expect(isOurSender({ frame: ours, contentsId: WINDOW }, WINDOW)).toBe(true);
    expect(
      isOurSender({ frame: { ...ours, url: 'studio://app/index.html#x' }, contentsId: WINDOW }, WINDOW),
    ).toBe(true);
  });

  it.each([
    '',
    'about:blank',
    'data:text/html,x',
    'file:///app/',
    'http://app/',
    'studio://evil/',
    'studio://app.evil/',
    'studio-image://app/',
    'studio:app',
  ])('no page at %j', (url) => {
    expect(isOurSender({ frame: { url, parent: null }, contentsId: WINDOW }, WINDOW)).toBe(false);
    expect(isOurAddress(url)).toBe(false);
  });

  it('no frame inside a page, no other window and no frame that is gone', () => {
    const inner = { url: 'studio://app/', parent: ours } as unknown as typeof ours;
    expect(isOurSender({ frame: inner, contentsId: WINDOW }, WINDOW)).toBe(false);
    expect(isOurSender({ frame: ours, contentsId: WINDOW + 1 }, WINDOW)).toBe(false);
    expect(isOurSender({ frame: null, contentsId: WINDOW }, WINDOW)).toBe(false);
  });
});

describe('the address of a picture', () => {
  it('is what follows the scheme, however the page wrote it', () => {
    for (const url of [
      'studio-image://pictures/photo/s/1?size=320',
      'studio-image:photo/s/1?size=320',
      'studio-image://photo/s/1?size=320',
    ]) {
      expect(pictureAddressOf(url)).toBe('photo/s/1?size=320');
    }
  });
});
