import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCfpPairs } from './cfp-pairs.ts';
import { findImages } from './find-images.ts';
import { generatePairs, TooFewImages, type GenerateRules } from './generate-pairs.ts';
import { odditiesOf } from './oddities.ts';
import { PairListError } from './pair-list.ts';
import { parsePairs } from './parse-pairs.ts';
import { notNamedByLfw, writeCsvPairs, writeLfwPairs } from './write-pairs.ts';

const VIEW_2 = '2\t1\nAnn_Lee\t1\t4\nAnn_Lee\t2\tBob\t10\nBob\t1\t3\nBob\t2\tCy\t1\n';

test("LFW's list has folds, one person before two, and pictures by number", () => {
  const list = parsePairs(VIEW_2);
  expect(list).toMatchObject({ format: 'lfw', folds: 2, remark: null });
  expect(
    list.pairs.map(({ first, second, isSame, fold, line }) => [first, second, isSame, fold, line]),
  ).toEqual([
    ['Ann_Lee/Ann_Lee_0001', 'Ann_Lee/Ann_Lee_0004', true, 0, 2],
    ['Ann_Lee/Ann_Lee_0002', 'Bob/Bob_0010', false, 0, 3],
    ['Bob/Bob_0001', 'Bob/Bob_0003', true, 1, 4],
    ['Bob/Bob_0002', 'Cy/Cy_0001', false, 1, 5],
  ]);
});

test('a list whose first line is wrong is read, without folds and with a remark', () => {
  const list = parsePairs(VIEW_2.replace('2\t1', '10 300'));
  expect(list).toMatchObject({ folds: null });
  expect(list.remark).toContain('promises 6000 pairs, but 4 follow');
  expect(list.pairs.every(({ fold }) => fold === null)).toBe(true);
});

test('view 1, with one number in its first line, has no folds', () => {
  expect(parsePairs('1\nAnn\t1\t2\nAnn\t1\tBob\t1\n')).toMatchObject({ folds: null, remark: null });
});

test('names with spaces are whole between tabs, and Windows line ends do no harm', () => {
  const [pair] = parsePairs('\uFEFF1\r\nAnn Lee\t1\t2\r\nAnn Lee\t1\tBob\t1\r\n').pairs;
  expect(pair?.first).toBe('Ann Lee/Ann Lee_0001');
});

test('couples that stand in a list twice, with both labels, or of one picture, are told with the first of their lines', () => {
  const list = parsePairs('a.jpg,b.jpg,1\nb.jpg,a.jpg,1\na.jpg,b.jpg,1\na.jpg,b.jpg,0\nc.jpg,c.jpg,1\n');
  expect(odditiesOf(list)).toEqual([
    'it has 2 pairs once more, with the same label, the first in line 2',
    'it has 1 pair once more, with the other label, the first in line 4',
    'it has 1 pair of a picture with itself, the first in line 5',
  ]);
  expect(odditiesOf(parsePairs(VIEW_2))).toEqual([]);
  expect(odditiesOf(parsePairs(VIEW_2.replace('2\t1', '10 300'))).join()).toContain('promises 6000 pairs');
});

test.each([
  ['2 1\nAnn 1 2\nAnn 1\n', 3, 'has 2 parts'],
  ['2 1\nAnn 1 2\nAnn 1 Bob two\n', 3, '"two" should be the number'],
  ['', 1, 'there is no pair'],
  ['10 300\n', 1, 'no pair follows'],
  ['a.jpg b.jpg 1\n\na.jpg b.jpg maybe\n', 3, '"maybe" should say'],
  ['a.jpg b.jpg 1\na.jpg b.jpg\n', 2, 'has 2 parts'],
  ['file_a,file_b,same\na,b,1\na,,0\n', 3, 'is not named'],
  ['file_a,file_b,same\na,b,perhaps\n', 2, '"perhaps" should say'],
  ['file_a,file_b,same\n"a" x,b,1\n', 2, 'after a closing quotation mark'],
  ['a.jpg 1\nb.jpg 1\nc.jpg 0\n', 3, 'is missing'],
  ['a.jpg 1\nb.jpg 0\n', 2, 'do not agree'],
])('a mistake in %j is told with its line', (text, line, what) => {
  const read = (): unknown => parsePairs(text);
  expect(read).toThrow(PairListError);
  expect(read).toThrow(`line ${String(line)}: `);
  expect(read).toThrow(what);
});

test('CSV is read by the names of its columns, quoted or not, with folds of any name', () => {
  const { folds, pairs } = parsePairs('same,fold,file_b,file_a\n1,x,"b, 2.jpg",a\\1.jpg\n0,y,d.jpg,c.jpg\n');
  expect(folds).toBe(2);
  expect(pairs.map(({ first, second, isSame, fold }) => [first, second, isSame, fold])).toEqual([
    ['a/1.jpg', 'b, 2.jpg', true, 0],
    ['c.jpg', 'd.jpg', false, 1],
  ]);
});

test('CSV without a header is two files and whether they show one person', () => {
  expect(parsePairs('a.jpg,b.jpg,1\na.jpg,c.jpg,0\n').pairs.map(({ isSame }) => isSame)).toEqual([
    true,
    false,
  ]);
});

test('CSV that was written is read as it was', () => {
  const word = fc
    .string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('a', 'B', ' ', '"', ',', ';', '.', 'é') })
    .filter((text) => text.trim() === text);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, fc.boolean()), { minLength: 2, maxLength: 9 }), (rows) => {
      const pairs = rows.map(([first, second, isSame], fold) => ({
        first: `x${first}`,
        second: `y${second}`,
        isSame,
        fold,
      }));
      expect(parsePairs(writeCsvPairs(pairs)).pairs.map(({ line, ...pair }) => [line, pair])).toEqual(
        pairs.map((pair, place) => [place + 2, pair]),
      );
    }),
  );
});

test('lists with a pair a line have the label behind or in front', () => {
  const behind = parsePairs(
    'AgeDB/1_Ann_30.jpg AgeDB/2_Ann_60.jpg 1\nAgeDB/1_Ann_30.jpg AgeDB/9_Bob_20.jpg -1\n',
  );
  const inFront = parsePairs(
    '1 AgeDB/1_Ann_30.jpg AgeDB/2_Ann_60.jpg\n0 AgeDB/1_Ann_30.jpg AgeDB/9_Bob_20.jpg\n',
  );
  for (const { format, pairs } of [behind, inFront]) {
    expect(format).toBe('list');
    expect(pairs.map(({ second, isSame }) => [second, isSame])).toEqual([
      ['AgeDB/2_Ann_60.jpg', true],
      ['AgeDB/9_Bob_20.jpg', false],
    ]);
  }
});

test('lists with a picture a line pair their lines, 0 for two people', () => {
  const { format, pairs } = parsePairs('Ann_1.jpg 3\nAnn_3.jpg 3\nAnn_1.jpg 0\nBob_1.jpg 0\n');
  expect(format).toBe('two-line');
  expect(pairs.map(({ first, second, isSame }) => [first, second, isSame])).toEqual([
    ['Ann_1.jpg', 'Ann_3.jpg', true],
    ['Ann_1.jpg', 'Bob_1.jpg', false],
  ]);
});

const CFP = {
  firstFiles: '1 ../Data/Images/001/frontal/01.jpg\n2 ../Data/Images/002/frontal/01.jpg\n',
  secondFiles: '1 ../Data/Images/001/profile/01.jpg\n',
  folds: [
    { same: '1,1\n', different: '2,1\n' },
    { same: '1,1\n', different: '2,1\n' },
  ],
};

test("CFP's protocol names files by number and has its own folds", () => {
  const { folds, pairs } = parseCfpPairs(CFP);
  expect(folds).toBe(2);
  expect(pairs.map(({ first, second, isSame, fold }) => [first, second, isSame, fold])).toEqual([
    ['Data/Images/001/frontal/01.jpg', 'Data/Images/001/profile/01.jpg', true, 0],
    ['Data/Images/002/frontal/01.jpg', 'Data/Images/001/profile/01.jpg', false, 0],
    ['Data/Images/001/frontal/01.jpg', 'Data/Images/001/profile/01.jpg', true, 1],
    ['Data/Images/002/frontal/01.jpg', 'Data/Images/001/profile/01.jpg', false, 1],
  ]);
  const wrong = { ...CFP, folds: [{ same: '1,1\n1,7\n', different: '' }] };
  expect(() => parseCfpPairs(wrong)).toThrow(
    'line 2: of same.txt of split 1, "1,7" names a picture that no list of files has.',
  );
});

const FILES = [
  'Ann/Ann_0001.png',
  'Ann/Ann_0002.jpg',
  'Ann/Ann_0002.png',
  'Bob/Bob_0001_0.png',
  'Bob/Bob_0001_1.png',
];
const foundOf = (paths: readonly string[], files = FILES) => {
  const found = findImages(
    paths.map((path) => ({ first: path, second: path })),
    files,
  );
  return paths.map((path) => found.get(path));
};

test('pictures are found whatever their format, the ending deciding where it is given', () => {
  expect(
    foundOf(['Ann/Ann_0001', 'Ann/Ann_0001.jpg', 'Ann/Ann_0002', 'Ann/Ann_0002.png', 'Ann/Ann_0003']),
  ).toEqual([0, 0, 1, 2, 'no-file']);
});

test('of a photo with several faces the best one is found', () => {
  expect(foundOf(['Bob/Bob_0001.jpg'])).toEqual([3]);
});

test('a list may name more folders in front than there are, or none', () => {
  expect(foundOf(['data/lfw/Ann/Ann_0001.jpg', 'data/lfw/Ann/Ann_0009.jpg'])).toEqual([0, 'no-file']);
  expect(foundOf(['Ann_0001.jpg', 'Bob_0001.jpg'])).toEqual([0, 3]);
});

test('files may be named with the folder that they all lie in', () => {
  const files = FILES.map((file) => `data/lfw/${file}`);
  expect(foundOf(['Ann/Ann_0001', 'Ann/Ann_0003'], files)).toEqual([0, 'no-file']);
  expect(foundOf(['lfw/Ann/Ann_0001.jpg'], files)).toEqual([0]);
});

test("a missing picture is never taken for another person's of the same name", () => {
  expect(foundOf(['ann/1.jpg', 'bob/1.jpg'], ['ann/1.jpg', 'cy/1.jpg'])).toEqual([0, 'no-file']);
  expect(foundOf(['ann/1.jpg', 'bob/1.jpg'], ['1.jpg', 'ann/1.jpg'])).toEqual([1, 'no-file']);
  expect(foundOf(['1.jpg', '2.jpg'], ['ann/1.jpg', 'bob/2.jpg', 'cy/1.jpg'])).toEqual(['several-files', 1]);
});

const PEOPLE = Array.from({ length: 30 }, (_, person) => ({
  identity: `person ${String(person)}`,
  images: Array.from(
    { length: (person % 4) + 1 },
    (_image, image) => `${String(person)}/${String(image)}.png`,
  ),
}));
const RULES: GenerateRules = { folds: 3, pairsOfEachKind: 10, seed: 7, isIdentityDisjoint: true, hard: null };
const personOf = (path: string): string => path.slice(0, path.indexOf('/'));

test('pairs that are made are as many of each kind in each fold, none twice, and right', () => {
  fc.assert(
    fc.property(fc.nat(), fc.boolean(), (seed, isIdentityDisjoint) => {
      const pairs = generatePairs(PEOPLE, { ...RULES, seed, isIdentityDisjoint });
      for (let fold = 0; fold < 3; fold += 1) {
        const inFold = pairs.filter((pair) => pair.fold === fold);
        expect(inFold.filter(({ isSame }) => isSame)).toHaveLength(10);
        expect(inFold.filter(({ isSame }) => !isSame)).toHaveLength(10);
      }
      for (const { first, second, isSame } of pairs)
        expect(personOf(first) === personOf(second)).toBe(isSame);
      expect(new Set(pairs.map(({ first, second }) => [first, second].sort().join())).size).toBe(60);
      expect(pairs.every(({ first, second }) => first !== second)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('nobody is in two folds where folds shall have people of their own', () => {
  const foldOf = new Map<string, number | null>();
  for (const { first, second, fold } of generatePairs(PEOPLE, RULES)) {
    for (const person of [personOf(first), personOf(second)]) {
      expect(foldOf.get(person) ?? fold).toBe(fold);
      foldOf.set(person, fold);
    }
  }
});

test('the same seed makes the same pairs in whatever order people come, another one others', () => {
  const once = generatePairs(PEOPLE, RULES);
  const backwards = PEOPLE.map(({ identity, images }) => ({
    identity,
    images: [...images].reverse(),
  })).reverse();
  expect(generatePairs(backwards, RULES)).toEqual(once);
  expect(generatePairs(PEOPLE, { ...RULES, seed: 8 })).not.toEqual(once);
});

test('hard pairs of two people are nearer than random ones', () => {
  const distance = (first: string, second: string): number =>
    Math.abs(Number(personOf(first)) - Number(personOf(second)));
  const meanOf = (rules: GenerateRules): number => {
    const different = generatePairs(PEOPLE, rules).filter(({ isSame }) => !isSame);
    return different.reduce((sum, { first, second }) => sum + distance(first, second), 0) / different.length;
  };
  expect(meanOf({ ...RULES, hard: { candidates: 20, distance } })).toBeLessThan(meanOf(RULES) / 2);
});

test('pairs that cannot be made are refused with how many can', () => {
  const make = (): unknown => generatePairs(PEOPLE, { ...RULES, pairsOfEachKind: 500 });
  expect(make).toThrow(TooFewImages);
  expect(make).toThrow(
    /500 pairs of one person in each of 3 folds cannot be made: fold 1 has only \d+\. Ask for fewer/,
  );
});

test('every couple of a person is drawn before pairs of one person run out, and none twice', () => {
  const images = Array.from({ length: 9 }, (_, image) => `ann/${String(image)}.png`);
  const people = [
    { identity: 'ann', images },
    { identity: 'bob', images: Array.from({ length: 40 }, (_, image) => `bob/${String(image)}.png`) },
  ];
  const anns = generatePairs(people, { ...RULES, folds: 2, pairsOfEachKind: 180, isIdentityDisjoint: false })
    .filter(({ isSame, first }) => isSame && first.startsWith('ann'))
    .map(({ first, second }) => [first, second].sort().join());
  expect(new Set(anns).size).toBe((9 * 8) / 2);
  expect(anns).toHaveLength((9 * 8) / 2);
});

const LFW_PEOPLE = Array.from({ length: 12 }, (_, person) => ({
  identity: `Person_${String(person)}`,
  images: Array.from(
    { length: 4 },
    (_image, image) => `Person_${String(person)}/Person_${String(person)}_000${String(image + 1)}.jpg`,
  ),
}));

test("a list in LFW's own format is read back as the same pairs, with its folds", () => {
  const pairs = generatePairs(LFW_PEOPLE, { ...RULES, pairsOfEachKind: 5 });
  expect(notNamedByLfw(pairs)).toBeNull();
  const read = parsePairs(writeLfwPairs(pairs, 3));
  const withoutEnding = (path: string): string => path.replace('.jpg', '');
  expect(read).toMatchObject({ format: 'lfw', folds: 3, remark: null });
  expect(read.pairs.map(({ first, second, isSame, fold }) => ({ first, second, isSame, fold }))).toEqual(
    pairs.map((pair) => ({ ...pair, first: withoutEnding(pair.first), second: withoutEnding(pair.second) })),
  );
});

test.each([
  ['ann/1.jpg', 'ann/2.jpg'],
  ['Ann/Bob_0001.jpg', 'Ann/Bob_0002.jpg'],
  ['Ann/Ann_00001.jpg', 'Ann/Ann_0002.jpg'],
  ['Ann/Ann_0001.jpg', 'Bob/Bob_0001.jpg'],
])("a pair of one person that LFW's lists cannot name is told: %s %s", (first, second) => {
  expect(notNamedByLfw([{ first, second, isSame: true, fold: 0 }])?.first).toBe(first);
});
