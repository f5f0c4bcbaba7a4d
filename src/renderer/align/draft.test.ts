import { describe, expect, it } from 'vitest';
import type { AlignSettings } from '../../contract/faces.ts';
import { draftOf, isSameChoice, settingsOf, type Draft } from './draft.ts';

const SETTINGS: AlignSettings = {
  detect: { mode: 'studio', minFaceSizePx: 20, thresholds: [0.6, 0.7, 0.7], scaleFactor: 0.8 },
  crop: { style: 'relative', imageSizePx: 182, marginPx: 44, detectMultipleFaces: false },
};
const problemOf = (change: Partial<Draft>): string | null => {
  const result = settingsOf({ ...draftOf(SETTINGS), ...change }, SETTINGS);
  return 'problem' in result ? result.problem : null;
};

describe('settings that are typed', () => {
  it('come back as they were, with what no field shows', () => {
    expect(settingsOf(draftOf(SETTINGS), SETTINGS)).toEqual({ settings: SETTINGS });
  });

  it('take every change', () => {
    const draft: Draft = {
      ...{ style: 'landmarks', imageSizePx: 160, marginPx: 0, faces: 'all', mode: 'facenet' },
      ...{ minFaceSizePx: 40, thresholds: [0.5, 0.6, 1] },
    };
    const result = settingsOf(draft, SETTINGS);
    expect(result).toEqual({
      settings: {
        detect: { mode: 'facenet', minFaceSizePx: 40, thresholds: [0.5, 0.6, 1], scaleFactor: 0.8 },
        crop: { style: 'landmarks', imageSizePx: 160, marginPx: 0, detectMultipleFaces: true },
      },
    });
    expect('settings' in result && isSameChoice(result.settings, SETTINGS)).toBe(false);
    expect(isSameChoice(SETTINGS, structuredClone(SETTINGS))).toBe(true);
  });

  it('say what is wrong with a number, and which it may be', () => {
    expect(problemOf({ imageSizePx: 160.5 })).toBe('The crop size is a whole number from 16 to 2,048 px.');
    expect(problemOf({ imageSizePx: 2049 })).toContain('crop size');
    expect(problemOf({ marginPx: null })).toBe('The margin is a number from 0 to 2,000 px.');
    expect(problemOf({ minFaceSizePx: 11 })).toBe('The smallest face is a number from 12 to 10,000 px.');
    expect(problemOf({ thresholds: [0.6, 1.1, 0.7] })).toBe('Each threshold is a number from 0 to 1.');
    expect(problemOf({})).toBe(null);
  });
});
