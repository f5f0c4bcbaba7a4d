import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FaceFilter, FaceSort, FaceSortKey } from '../../contract/workspace-faces.ts';
import { resolveIdentities } from '../../core/dataset/identities.ts';
import { createColumns, FLAG, placeFor, type FaceColumns } from './columns.ts';
import type { FaceFacts } from './filter.ts';
import { firstPlaces } from './first-places.ts';
import { createFaceLists } from './lists.ts';
import { createOrders, type Orders } from './orders.ts';
import { sortKeysOf } from './sort-keys.ts';

/** The other quiet NaN: what a division of nothing by nothing gives on some machines. */
const NEGATIVE_NAN = new Float32Array(new Uint32Array([0xffc00000]).buffer);

const NAMES = ['', 'Person 10', 'Person 2', 'anna', 'Person 1'] as const;
const BY_NAME = ['anna', 'Person 1', 'Person 2', 'Person 10'];
const people = resolveIdentities(
  NAMES.flatMap((name, id) => (id === 0 ? [] : [{ id, name }])),
  { names: new Map(), merges: new Map() },
);

const measured = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.5, Infinity, -Infinity, Number.NaN),
  fc.integer({ min: -3, max: 3 }),
  fc.float(),
);
const drawnFaces = fc.array(
  fc.record({
    yaw: fc.oneof(measured, fc.constant('negative NaN' as const)),
    identity: fc.integer({ min: 0, max: NAMES.length - 1 }),
    date: fc.integer({ min: 0, max: 4 }),
    isTaken: fc.boolean(),
  }),
  { maxLength: 60 },
);
type Drawn = typeof drawnFaces extends fc.Arbitrary<readonly (infer Face)[]> ? Face : never;

const columnsOf = (faces: readonly Drawn[]): FaceColumns => {
  const columns = createColumns(faces.length);
  faces.forEach(({ yaw, identity, date, isTaken }, index) => {
    const place = placeFor(columns, index + 1);
    if (yaw === 'negative NaN') columns.yaws.set(NEGATIVE_NAN, place);
    else columns.yaws[place] = yaw;
    columns.identities[place] = identity;
    columns.dates[place] = date;
    columns.flags[place] = isTaken ? FLAG.shown : 0;
  });
  return columns;
};

/** What a face is sorted by; null for no value. */
const valueOf = (columns: FaceColumns, by: FaceSortKey, place: number): number | null => {
  if (by === 'added') return place;
  if (by === 'date') return columns.dates[place] ?? null;
  if (by === 'yaw') {
    const yaw = columns.yaws[place] ?? Number.NaN;
    // Bits of a zero with a sign are lower than those of one without.
    return Number.isNaN(yaw) ? null : Object.is(yaw, -0) ? -Number.MIN_VALUE : yaw;
  }
  const identity = columns.identities[place] ?? 0;
  return identity === 0 ? null : BY_NAME.indexOf(NAMES[identity] ?? '');
};

/** The ids of taken faces by the language's own sort: equal ones as they came, or the last first; those without a value last. */
const plainly = (columns: FaceColumns, { by, isDescending }: FaceSort): readonly number[] => {
  const taken = [...columns.ids.keys()].filter((place) => columns.flags[place] !== 0);
  const withValue = taken.flatMap((place) => {
    const value = valueOf(columns, by, place);
    return value === null ? [] : [{ place, value }];
  });
  withValue.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : a.place - b.place));
  if (isDescending) withValue.reverse();
  const without = taken.filter((place) => valueOf(columns, by, place) === null);
  return [...withValue.map(({ place }) => place), ...without].map((place) => place + 1);
};

const factsOf = (columns: FaceColumns): FaceFacts => ({
  columns,
  people,
  fileStatuses: () => new Uint8Array(columns.count),
  severalIdentities: () => new Uint8Array(1),
  fileTexts: () => ({ find: () => new Uint8Array(1) }),
});

const ordersOf = (columns: FaceColumns): Orders =>
  createOrders(
    () => columns,
    () => people,
  );

const makeAll = ({ gradually }: Orders): void => {
  for (const each of gradually) while (each.step());
};

const sorts = fc.record({
  by: fc.constantFrom<FaceSortKey>('added', 'yaw', 'identity', 'date'),
  isDescending: fc.boolean(),
});
const all: FaceFilter = {};

test('a list is in the order of a plain sort, before its order is made and after', () => {
  fc.assert(
    fc.property(drawnFaces, sorts, (faces, sort) => {
      const columns = columnsOf(faces);
      const expected = plainly(columns, sort);
      const orders = ordersOf(columns);
      const lists = createFaceLists(() => factsOf(columns), orders);
      const list = lists.list(all, sort);
      expect(list.page(0, list.total)).toEqual(expected);
      expect(expected.map((id) => list.placeOf(id))).toEqual([...expected.keys()]);
      expect(orders.known(sort.by) === null).toBe(sort.by !== 'added');
      makeAll(orders);
      expect(list.page(0, list.total)).toEqual(expected);
      lists.forget();
      expect(lists.list(all, sort).page(0, list.total)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('the first places are those of the whole order, however many there are', () => {
  fc.assert(
    fc.property(drawnFaces, sorts, fc.integer({ min: 1, max: 70 }), (faces, sort, most) => {
      if (sort.by === 'added') return;
      const columns = columnsOf(faces);
      const misses = Uint16Array.from(columns.flags, (flags) => (flags === 0 ? 1 : 0));
      const ranks = ordersOf(columns).ranks();
      const keys = sortKeysOf(columns, sort.by, () => ranks);
      const first = firstPlaces(keys, misses, sort, most);
      expect([...first].map((place) => place + 1)).toEqual(plainly(columns, sort).slice(0, most));
    }),
    { numRuns: 500 },
  );
});

test('any part of a long list can be asked for in any order', () => {
  const random = (index: number): number => Math.sin(index) * 1e4 - Math.floor(Math.sin(index) * 1e4);
  const columns = columnsOf(
    Array.from({ length: 30_000 }, (_, index) => ({
      yaw: index % 7 === 0 ? Number.NaN : Math.fround(Math.round(random(index) * 1000)),
      identity: 1,
      date: 0,
      isTaken: random(index + 0.5) < 0.6,
    })),
  );
  const lists = createFaceLists(() => factsOf(columns), ordersOf(columns));
  for (const by of ['yaw', 'added'] as const)
    for (const isDescending of [false, true]) {
      const expected = plainly(columns, { by, isDescending });
      const list = lists.list(all, { by, isDescending });
      for (const offset of [0, 3900, 4000, 17_000, 9000, 9137, 4095, 4096, expected.length - 5, 0, 16_999])
        expect(list.page(offset, 150), `${by} from ${String(offset)}`).toEqual(
          expected.slice(offset, offset + 150),
        );
      const each = expected.map((_, offset) => list.page(offset, 1)[0]);
      expect(each).toEqual(expected);
    }
});
