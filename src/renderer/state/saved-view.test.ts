import { describe, expect, it } from 'vitest';
import { keysOf } from './commands.ts';
import { DEFAULT_VIEW, parseSaved } from './saved-view.ts';

describe('what was saved of the view', () => {
  it('comes back as it was', () => {
    const saved = { ...DEFAULT_VIEW, theme: 'light', tilePx: 256, inspector: false, source: 'a' };
    expect(parseSaved(JSON.stringify(saved))).toEqual(saved);
  });

  it('gives way to the defaults where it is missing, broken or impossible', () => {
    expect(parseSaved(null)).toEqual(DEFAULT_VIEW);
    expect(parseSaved('{')).toEqual(DEFAULT_VIEW);
    expect(parseSaved('[1]')).toEqual(DEFAULT_VIEW);
    expect(parseSaved('{"tilePx":-4,"theme":"pink","facets":"yes","inspectorPx":400}')).toEqual({
      ...DEFAULT_VIEW,
      inspectorPx: 400,
    });
  });
});

describe('a key', () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}): string =>
    keysOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

  it('has the same name whatever the state of Caps Lock', () => {
    expect(press('z')).toBe('Z');
    expect(press('k', { ctrlKey: true })).toBe('Ctrl+K');
    expect(press('k', { metaKey: true })).toBe('Ctrl+K');
  });

  it('is the sign that it makes, on whatever keyboard', () => {
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press('?')).toBe('?');
    expect(press('ArrowUp', { shiftKey: true })).toBe('Shift+ArrowUp');
  });
});
