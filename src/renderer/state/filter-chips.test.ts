import { expect, it } from 'vitest';
import { FaceFilter } from '../../contract/workspace-faces.ts';
import { isOpen } from './face-filter.ts';
import { chipsOf } from './filter-chips.ts';

const names = {
  identity: (id: number) => `person ${String(id)}`,
  source: (id: number) => `folder ${String(id)}`,
};
const filter: FaceFilter = {
  text: 'ann',
  faces: [4, 8],
  identities: [3, 0],
  states: ['confirmed'],
  exclude: { identities: [5], fileStatuses: ['severalFaces'] },
  ranges: { score: { least: 0.9 }, size: { least: 20, most: 64 } },
  isEdited: false,
};

it('every condition of a filter is one chip, in words', () => {
  expect(
    chipsOf(filter, names).map(({ label, isExclusion }) => (isExclusion ? `not ${label}` : label)),
  ).toEqual([
    '“ann”',
    'Only 2 faces in question',
    'person 3',
    'Nobody',
    'not person 5',
    'Confirmed',
    'not Several faces',
    'Score from 90.0 %',
    'Size 20 px to 64 px',
    'Not edited',
  ]);
});

it('taking the chips away one after the other leaves nothing, and each leaves the others', () => {
  let left = filter;
  for (let count = chipsOf(filter, names).length; count > 0; count -= 1) {
    const chips = chipsOf(left, names);
    expect(chips).toHaveLength(count);
    left = chips[count % 2 === 0 ? 0 : count - 1]?.without ?? left;
    FaceFilter.parse(left);
  }
  expect(isOpen(left)).toBe(true);
});
