import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planOutputs, stemOfCrop } from './plan-outputs.ts';

const stemsOf = (files: readonly string[], kept?: ReadonlyMap<string, string>): readonly string[] =>
  planOutputs(files, kept).map((planned) => planned.stem);

/** Few letters and extensions, so that names meet often; `~` because suffixes use it. */
const name = fc
  .tuple(
    fc.constantFrom('', 'Ann/', 'ann/', 'b/c/'),
    fc.string({
      unit: fc.constantFrom('a', 'A', 'b', '~', '_', '0', '.', 'é', 'e\u0301'),
      minLength: 1,
      maxLength: 5,
    }),
    fc.constantFrom('.jpg', '.JPG', '.png', '.webp', ''),
  )
  .map((parts) => parts.join(''));
const files = fc.uniqueArray(name, { maxLength: 40 }).map((list) => [...list].sort());

test('no two photos ever share an output, whatever the case or the Unicode form of their names', () => {
  fc.assert(
    fc.property(files, (list) => {
      const keys = stemsOf(list).map((stem) => stem.normalize('NFC').toLowerCase());
      expect(new Set(keys).size).toBe(list.length);
    }),
    { numRuns: 2000 },
  );
});

test('with every face kept, no two photos share a crop either', () => {
  fc.assert(
    fc.property(files, (list) => {
      const crops = stemsOf(list).flatMap((stem) =>
        [0, 1, 10].map((face) => `${stem}_${String(face)}`.normalize('NFC').toLowerCase()),
      );
      expect(new Set(crops).size).toBe(crops.length);
    }),
    { numRuns: 1000 },
  );
});

test('the same photos get the same outputs, also when part of them was written before', () => {
  fc.assert(
    fc.property(files, fc.func(fc.boolean()), (list, isWritten) => {
      const plan = planOutputs(list);
      const kept = new Map(plan.filter(({ file }) => isWritten(file)).map(({ file, stem }) => [file, stem]));
      expect(planOutputs(list, kept)).toEqual(plan);
    }),
    { numRuns: 1000 },
  );
});

test('adding photos renames nothing that an earlier run wrote', () => {
  fc.assert(
    fc.property(files, files, (before, added) => {
      const kept = new Map(planOutputs(before).map(({ file, stem }) => [file, stem]));
      const all = [...new Set([...before, ...added])].sort();
      const after = new Map(planOutputs(all, kept).map(({ file, stem }) => [file, stem]));
      for (const [file, stem] of kept) expect(after.get(file)).toBe(stem);
    }),
    { numRuns: 1000 },
  );
});

test('a crop has the name of its photo, and the second of two equal names says what it was', () => {
  expect(planOutputs(['Ann/a.jpg', 'Ann/a.png', 'Bob/a.png'])).toEqual([
    { file: 'Ann/a.jpg', stem: 'Ann/a', renamed: null },
    { file: 'Ann/a.png', stem: 'Ann/a~png', renamed: 'same-name' },
    { file: 'Bob/a.png', stem: 'Bob/a', renamed: null },
  ]);
});

test('a suffix never takes the name of a third photo', () => {
  expect(new Set(stemsOf(['a.jpg', 'a.png', 'a~png.jpg'])).size).toBe(3);
  expect(stemsOf(['a.jpg', 'a.png', 'a~png.jpg'])[2]).toBe('a~png');
});

test('a name too long for a crop is shortened, and stays its own', () => {
  const long = (end: string): string => `${'ü'.repeat(120)}${end}.jpg`;
  const stems = stemsOf([long('1'), long('2')]);
  expect(new Set(stems).size).toBe(2);
  for (const stem of stems) expect(new TextEncoder().encode(stem).length).toBeLessThan(200);
});

test('the stem is found again from a crop', () => {
  expect(stemOfCrop('Ann/a_1.png', false)).toBe('Ann/a_1');
  expect(stemOfCrop('Ann/a_1.png', true)).toBe('Ann/a');
});
