import type { FaceFilter, FaceSort } from '../../contract/workspace-faces.ts';
import { placeOf, type FaceColumns } from './columns.ts';
import { sift, type FaceFacts, type Sifted } from './filter.ts';
import { countBefore, firstPlaces } from './first-places.ts';
import { createKept, createLazily } from './kept.ts';
import { createOrderWalk } from './order-walk.ts';
import type { Orders } from './orders.ts';

/** Filters, and lists, whose results are kept until a face changes. */
const MOST_SIFTED = 8;
const MOST_LISTS = 4;

/** What is seen before somebody has scrolled through twenty screens: found without an order of all faces. */
const FIRST_PLACES = 4000;

/** A list of faces: how many there are, and any part of it, by places from 0. Holds until a face changes. */
export type FaceList = {
  readonly total: number;
  /** Ids. */
  page(offset: number, limit: number): readonly number[];
  /** Where a face stands; null when it is not in the list. */
  placeOf(face: number): number | null;
};

/** Lists that were asked for, kept while nothing changes. */
export type FaceLists = {
  list(filter: FaceFilter, sort: FaceSort): FaceList;
  /** Ids of the faces that a filter takes, ascending. */
  select(filter: FaceFilter): readonly number[];
  sifted(filter: FaceFilter): Sifted;
  forget(): void;
};

const countTakenBefore = (misses: Uint16Array, place: number): number => {
  let taken = 0;
  for (let other = 0; other < place; other += 1) if (misses[other] === 0) taken += 1;
  return taken;
};

/** The faces that were taken, in order. Nothing is sorted before somebody looks further than the first places. */
const listOf = (
  columns: FaceColumns,
  { misses, total }: Sifted,
  orders: Orders,
  { by, isDescending }: FaceSort,
): FaceList => {
  const walk = createLazily(() => createOrderWalk(misses, orders.of(by), isDescending));
  const first = createLazily(() =>
    by === 'added' ? new Uint32Array() : firstPlaces(orders.keys(by), misses, { isDescending }, FIRST_PLACES),
  );
  const placesOf = (offset: number, limit: number): Iterable<number> => {
    const end = Math.min(total, offset + limit);
    const isFirst = end <= FIRST_PLACES && orders.known(by) === null;
    return isFirst ? first.get().subarray(offset, end) : walk.get().page(offset, limit);
  };
  return {
    total,
    page: (offset, limit) => Array.from(placesOf(offset, limit), (place) => columns.ids[place] ?? 0),
    placeOf(face) {
      const place = placeOf(columns, face);
      if (place < 0 || misses[place] !== 0) return null;
      return by === 'added' && !isDescending
        ? countTakenBefore(misses, place)
        : by === 'added'
          ? total - 1 - countTakenBefore(misses, place)
          : countBefore(orders.keys(by), misses, { isDescending }, place);
    },
  };
};

/** Lists of the faces as they are when they are asked for. */
export const createFaceLists = (facts: () => FaceFacts, orders: Orders): FaceLists => {
  const sifted = createKept<Sifted>(MOST_SIFTED);
  const lists = createKept<FaceList>(MOST_LISTS);
  const siftedFor = (filter: FaceFilter): Sifted =>
    sifted.get(JSON.stringify(filter), () => sift(facts(), filter));
  return {
    list: (filter, sort) =>
      lists.get(JSON.stringify([filter, sort]), () =>
        listOf(facts().columns, siftedFor(filter), orders, sort),
      ),
    select(filter) {
      const { misses } = siftedFor(filter);
      const { ids } = facts().columns;
      const selected: number[] = [];
      for (let place = 0; place < misses.length; place += 1)
        if (misses[place] === 0) selected.push(ids[place] ?? 0);
      return selected;
    },
    sifted: siftedFor,
    forget() {
      sifted.clear();
      lists.clear();
    },
  };
};
