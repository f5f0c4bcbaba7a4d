import { describe, expect, it } from 'vitest';
import { FaceFilter } from '../../contract/workspace-faces.ts';
import { choose, chooseYesNo, howOf, isOpen, standOf, withRange } from './face-filter.ts';

const nothing: FaceFilter = {};

describe('a click on a value of a facet', () => {
  it('takes it alone, and takes it back when it is clicked again', () => {
    const ann = choose(nothing, 'identities', 7, 'only');
    expect(ann.identities).toEqual([7]);
    expect(choose(ann, 'identities', 9, 'only').identities).toEqual([9]);
    expect(isOpen(choose(ann, 'identities', 7, 'only'))).toBe(true);
  });

  it('adds it with Shift and takes only it away again', () => {
    const both = choose(choose(nothing, 'states', 'confirmed', 'only'), 'states', 'rejected', 'add');
    expect(both.states).toEqual(['confirmed', 'rejected']);
    expect(choose(both, 'states', 'confirmed', 'add').states).toEqual(['rejected']);
    expect(choose(both, 'states', 'confirmed', 'only').states).toEqual(['confirmed']);
  });

  it('leaves it out with Alt, and never both takes and leaves it out', () => {
    const without = choose(choose(nothing, 'sources', 1, 'only'), 'sources', 1, 'exclude');
    expect(without.sources).toBeUndefined();
    expect(without.exclude?.sources).toEqual([1]);
    expect(standOf(without, 'sources', 1)).toBe('excluded');
    expect(isOpen(choose(without, 'sources', 1, 'exclude'))).toBe(true);
    expect(choose(without, 'sources', 1, 'only').exclude).toBeUndefined();
  });

  it('reads the keys that are held', () => {
    expect(howOf({ shiftKey: false, altKey: false })).toBe('only');
    expect(howOf({ shiftKey: true, altKey: false })).toBe('add');
    expect(howOf({ shiftKey: true, altKey: true })).toBe('exclude');
  });
});

describe('a filter', () => {
  it('asks yes, no or nothing', () => {
    const edited = chooseYesNo(nothing, 'isEdited', 'only');
    expect(edited.isEdited).toBe(true);
    expect(chooseYesNo(edited, 'isEdited', 'exclude').isEdited).toBe(false);
    expect(isOpen(chooseYesNo(edited, 'isEdited', 'only'))).toBe(true);
  });

  it('keeps other ranges when one goes', () => {
    const both = withRange(withRange(nothing, 'score', { least: 0.9 }), 'size', { most: 40 });
    const one = withRange(both, 'score', undefined);
    expect(FaceFilter.parse(JSON.parse(JSON.stringify(one)))).toEqual({ ranges: { size: { most: 40 } } });
    expect(isOpen(withRange(one, 'size', undefined))).toBe(true);
  });
});
