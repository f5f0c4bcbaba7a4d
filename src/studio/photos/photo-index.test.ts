import { expect, test } from 'vitest';
import type { LedgerRecord } from '../align/record.ts';
import { createPhotoIndex } from './photo-index.ts';

const record = (
  file: string,
  score: number,
  status: LedgerRecord['status'] = 'aligned',
  faces = 1,
): LedgerRecord => ({
  file,
  status,
  reason: { code: 'one-face', message: 'One face was found.' },
  sourceSha256: 'a'.repeat(64),
  widthPx: 10,
  heightPx: 10,
  conversions: [],
  faces: Array.from({ length: faces }, () => ({
    box: [0, 0, 1, 1],
    score,
    landmarks: [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ],
  })),
  chosen: faces > 0 ? 0 : null,
  crops: [],
});

const filled = () => {
  const records = [
    record('Ann/1.jpg', 0.9),
    record('Ann/2.jpg', 0.99, 'aligned', 3),
    record('Bob/1.jpg', 0, 'failed', 0),
  ];
  const texts = new Map(records.map((each) => [each.file, JSON.stringify(each)]));
  const index = createPhotoIndex();
  index.reset([...texts.keys(), 'Zoe/1.jpg'], (file) => texts.get(file) ?? null);
  return index;
};
const ALL = { filter: { statuses: [], search: '' }, sort: 'file', offset: 0, limit: 100 } as const;
const page = (index: ReturnType<typeof filled>, more: Partial<Parameters<typeof index.page>[0]>) =>
  index.page({ ...ALL, filter: { statuses: [], search: '' }, ...more }).photos.map(({ file }) => file);

test('photos are listed by file, and by score and number of faces', () => {
  const index = filled();
  expect(page(index, {})).toEqual(['Ann/1.jpg', 'Ann/2.jpg', 'Bob/1.jpg', 'Zoe/1.jpg']);
  expect(page(index, { sort: 'score-descending' })).toEqual([
    'Ann/2.jpg',
    'Ann/1.jpg',
    'Bob/1.jpg',
    'Zoe/1.jpg',
  ]);
  expect(page(index, { sort: 'score-ascending' })).toEqual([
    'Bob/1.jpg',
    'Zoe/1.jpg',
    'Ann/1.jpg',
    'Ann/2.jpg',
  ]);
  expect(page(index, { sort: 'faces-descending', limit: 1 })).toEqual(['Ann/2.jpg']);
});

test('a filter takes statuses and any part of the path in any case', () => {
  const index = filled();
  expect(page(index, { filter: { statuses: ['failed', 'pending'], search: '' } })).toEqual([
    'Bob/1.jpg',
    'Zoe/1.jpg',
  ]);
  expect(page(index, { filter: { statuses: [], search: 'aNN/' } })).toEqual(['Ann/1.jpg', 'Ann/2.jpg']);
});

test('the counts follow every change and always add up', () => {
  const index = filled();
  expect(index.counts()).toEqual({ images: 4, aligned: 2, noFace: 0, failed: 1, skipped: 0, pending: 1 });
  const before = index.revision();
  index.set(3, record('Zoe/1.jpg', 0, 'noFace', 0));
  index.set(0, record('Ann/1.jpg', 0.9, 'aligned', 2));
  expect(index.counts()).toEqual({ images: 4, aligned: 2, noFace: 1, failed: 1, skipped: 0, pending: 0 });
  expect(index.sums().faces).toBe(5);
  expect(index.revision()).toBeGreaterThan(before);
});

test('a page of half a million photos is cut from a list that was sorted once', () => {
  const files = Array.from(
    { length: 450_000 },
    (_, place) => `p${String(place % 9000)}/${String(place).padStart(7, '0')}.jpg`,
  );
  const text = JSON.stringify(record('x', 0.5));
  const index = createPhotoIndex();
  index.reset(files, (file) => (file.endsWith('7.jpg') ? text : null));
  const first = index.page({ ...ALL, filter: { statuses: [], search: '' }, sort: 'score-descending' });
  expect(first.total).toBe(450_000);
  const middle = index.page({
    ...ALL,
    filter: { statuses: ['pending'], search: 'p12/' },
    offset: 10,
    limit: 5,
  });
  expect(middle.photos).toHaveLength(5);
  expect(index.page({ ...ALL, filter: { statuses: [], search: '' }, offset: 449_999 }).photos[0]?.id).toBe(
    449_999,
  );
});
