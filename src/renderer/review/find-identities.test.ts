import { expect, test } from 'vitest';
import { findIdentities } from './find-identities.ts';
import { noteUse, recentlyUsed } from './last-used.ts';

const PEOPLE = ['Ann_Lee', 'Bob', 'José_Alvarez', 'Lee_Ann', 'Zoe'].map((name, place) => ({
  id: place + 1,
  name,
  faces: 1,
}));
const names = (typed: string, recent: readonly string[] = []): readonly string[] =>
  findIdentities(PEOPLE, typed, recent).map(({ name }) => name);

test('identities come by name, and those used last before them while nothing is typed', () => {
  expect(names('')).toEqual(['Ann_Lee', 'Bob', 'José_Alvarez', 'Lee_Ann', 'Zoe']);
  expect(names('', ['Zoe', 'Bob'])).toEqual(['Zoe', 'Bob', 'Ann_Lee', 'José_Alvarez', 'Lee_Ann']);
});

test('what begins with what is typed comes before what holds it, whatever was used last', () => {
  expect(names('lee')).toEqual(['Lee_Ann', 'Ann_Lee']);
  expect(names('lee', ['Ann_Lee'])).toEqual(['Lee_Ann', 'Ann_Lee']);
  expect(names('o', ['Zoe'])).toEqual(['Zoe', 'Bob', 'José_Alvarez']);
});

test('case, accents and underscores do not matter', () => {
  expect(names('jose alv')).toEqual(['José_Alvarez']);
  expect(names('nobody')).toEqual([]);
});

test('names that were used are kept for each workspace, the last first and each once', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      kept.set(key, value);
    },
  };
  for (const name of ['Bob', 'Zoe', 'Bob']) noteUse(storage, 'one', name);
  expect(recentlyUsed(storage, 'one')).toEqual(['Bob', 'Zoe']);
  expect(recentlyUsed(storage, 'other')).toEqual([]);
  kept.set('last-used-identities one', '{broken');
  expect(recentlyUsed(storage, 'one')).toEqual([]);
});
