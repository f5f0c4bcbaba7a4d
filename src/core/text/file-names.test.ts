import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteLength, collisionKey, createNames, safeName } from './file-names.ts';

test.each([
  ['Ann Example', 'Ann Example'],
  ['Zoë_0001', 'Zoë_0001'],
  ['张伟', '张伟'],
  ['a/b\\c', 'a_b_c'],
  ['..', '__'],
  ['.hidden', '_hidden'],
  ['ends. ', 'ends__'],
  ['CON', 'CON_'],
  ['com1.x', 'com1_.x'],
  ['Conny', 'Conny'],
  ['what?*', 'what__'],
  ['line\nbreak', 'line_break'],
  ['\u202egnp.exe', '_gnp.exe'],
  ['', '_'],
])('%j is safe as %j', (name, safe) => {
  expect(safeName(name)).toBe(safe);
});

const WINDOWS = /[<>:"/\\|?*\u0000-\u001f]|[. ]$|^\./;
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

test('any names become safe ones, each once, the same on every run', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.constantFrom('NUL', 'nul.txt', 'Ann', 'ann', 'ANN', 'e\u0301', '\u00e9', '. .', 'LPT9.png'),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 20 }), (list) => {
      const once = createNames();
      const again = createNames();
      const given = list.map((each, place) => once.give(each, String(place)));
      expect(list.map((each, place) => again.give(each, String(place)))).toEqual(given);
      expect(new Set(given.map(collisionKey)).size).toBe(list.length);
      for (const each of given) {
        expect(each).not.toMatch(WINDOWS);
        expect(each).not.toMatch(DEVICES);
        expect(byteLength(each)).toBeLessThanOrEqual(220);
        expect(Buffer.from(each, 'utf8').toString('utf8')).toBe(each);
      }
    }),
    { numRuns: 1000 },
  );
});
