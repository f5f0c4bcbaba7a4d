import { describe, expect, it } from 'vitest';
import { countOf, formatCount, formatDuration, formatRate, formatScore, formatTimeLeft } from './format.ts';

describe('numbers for people', () => {
  it('have thousands separators, and nouns that agree', () => {
    expect(formatCount(453_453)).toBe('453,453');
    expect(countOf(1, 'photo')).toBe('1 photo');
    expect(countOf(12_403, 'photo')).toBe('12,403 photos');
  });

  it('tell a rate with a place only while it is slow', () => {
    expect(formatRate(182.4, 'photo')).toBe('182 photos/s');
    expect(formatRate(3.42, 'face')).toBe('3.4 faces/s');
    expect(formatRate(1820, 'photo')).toBe('1,820 photos/s');
  });

  it('tell time in its two largest units', () => {
    expect(formatTimeLeft(2424)).toBe('40 min left');
    expect(formatDuration(12.3)).toBe('12 s');
    expect(formatDuration(0)).toBe('1 s');
    expect(formatDuration(3600)).toBe('1 h');
    expect(formatDuration(7500)).toBe('2 h 5 min');
    expect(formatDuration(273_600)).toBe('3 d 4 h');
  });

  it('never round a score that is not certain up to 100 %', () => {
    expect(formatScore(0.998)).toBe('99.8 %');
    expect(formatScore(0.99999)).toBe('99.9 %');
    expect(formatScore(1)).toBe('100.0 %');
  });
});
