import { expect, test } from 'vitest';
import { guessLayout, labelOf } from './layouts.ts';

test.each([
  ['class-folders', 'ann/1.jpg', 'ann'],
  ['class-folders', 'ann/more/1.jpg', 'ann'],
  ['class-folders', '1.jpg', null],
  ['lfw', 'Ann_Lee/Ann_Lee_0001.jpg', 'Ann_Lee'],
  ['lfw', 'Ann_Lee_0001.jpg', 'Ann_Lee'],
  ['lfw', 'holiday.jpg', null],
  ['vggface2', 'train/n000123/0001_01.jpg', 'n000123'],
  ['vggface2', 'train/other/0001_01.jpg', null],
  ['nested', 'actors/us/ann/1.jpg', 'ann'],
  ['flat', 'ann/1.jpg', null],
] as const)('%s: %s names %s', (layout, path, label) => {
  expect(labelOf(path, layout)).toBe(label);
});

test('the layout is guessed from what most paths look like', () => {
  expect(guessLayout(['Ann/Ann_0001.jpg', 'Bob/Bob_0001.jpg', 'Bob/x.jpg'])).toBe('lfw');
  expect(guessLayout(['train/n000001/1.jpg', 'test/n000002/1.jpg'])).toBe('vggface2');
  expect(guessLayout(['ann/1.jpg', 'bob/1.jpg'])).toBe('class-folders');
  expect(guessLayout(['a/ann/1.jpg', 'b/bob/1.jpg'])).toBe('nested');
  expect(guessLayout(['1.jpg', '2.jpg'])).toBe('flat');
  expect(guessLayout([])).toBe('class-folders');
});
