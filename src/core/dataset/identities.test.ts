import { expect, test } from 'vitest';
import { resolveIdentities } from './identities.ts';

const named = [
  { id: 1, name: 'Ann' },
  { id: 2, name: 'Bob' },
  { id: 3, name: 'Cy' },
  { id: 4, name: 'Dee' },
];
const resolve = (names: Record<number, string>, merges: Record<number, number>) =>
  resolveIdentities(named, {
    names: new Map(Object.entries(names).map(([id, name]) => [Number(id), name])),
    merges: new Map(Object.entries(merges).map(([id, into]) => [Number(id), into])),
  });

test('an identity that was merged, and what was merged into it before, stand for the last one', () => {
  const people = resolve({}, { 1: 2, 2: 3 });
  expect([1, 2, 3, 4].map((id) => people.canonical(id))).toEqual([3, 3, 3, 4]);
  expect(people.nameOf(1)).toBe('Cy');
  expect(people.all.map(({ name }) => name)).toEqual(['Cy', 'Dee']);
});

test('two identities of one name are one, whichever way the name came', () => {
  const people = resolve({ 3: 'Ann' }, {});
  expect(people.canonical(3)).toBe(1);
  expect(people.byName('Ann')).toBe(1);
  expect(people.byName('Cy')).toBeNull();
});

test('what was merged into an identity follows it where its name leads', () => {
  const people = resolve({ 3: 'Bob' }, { 4: 3 });
  expect(people.canonical(4)).toBe(2);
});

test('the name of a merged identity is free again', () => {
  const people = resolve({ 4: 'Ann' }, { 1: 2 });
  expect(people.byName('Ann')).toBe(4);
  expect(people.canonical(1)).toBe(2);
});

test('a ring of merges in a damaged catalogue ends', () => {
  const people = resolve({}, { 1: 2, 2: 1 });
  expect(people.canonical(1)).toBe(people.canonical(2));
});
