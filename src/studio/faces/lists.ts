import type { FaceFilter, FaceSort } from '../../contract/workspace-faces.ts';
import { placeOf, type FaceColumns } from './columns.ts';
import { sift, type FaceFacts, type Sifted } from './filter.ts';
import { createKept } from './kept.ts';
import type { Order, Orders } from './orders.ts';

/** Filters, and lists, whose results are kept until a face changes. */
const MOST_SIFTED = 8;
const MOST_LISTS = 4;

/** A list of faces: how many there are, and any part of it, by places from 0. */
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

/** The columns' places that were taken, in order. */
const orderedPlaces = (
  { misses, total }: Sifted,
  { places: order, valued }: Order,
  isDescending: boolean,
): Uint32Array => {
  const places = new Uint32Array(total);
  let used = 0;
  for (let at = 0; at < misses.length; at += 1) {
    const rank = isDescending && at < valued ? valued - 1 - at : at;
    const place = order === null ? rank : (order[rank] ?? 0);
    if (misses[place] !== 0) continue;
    places[used] = place;
    used += 1;
  }
  return places;
};

const listOf = (columns: FaceColumns, places: Uint32Array): FaceList => ({
  total: places.length,
  page: (offset, limit) =>
    Array.from(places.subarray(offset, offset + limit), (place) => columns.ids[place] ?? 0),
  placeOf(face) {
    const column = placeOf(columns, face);
    const place = column < 0 ? -1 : places.indexOf(column);
    return place < 0 ? null : place;
  },
});

/** Lists of the faces as they are when they are asked for. */
export const createFaceLists = (facts: () => FaceFacts, orders: Orders): FaceLists => {
  const sifted = createKept<Sifted>(MOST_SIFTED);
  const lists = createKept<FaceList>(MOST_LISTS);
  const siftedFor = (filter: FaceFilter): Sifted =>
    sifted.get(JSON.stringify(filter), () => sift(facts(), filter));
  return {
    list: (filter, sort) =>
      lists.get(JSON.stringify([filter, sort]), () =>
        listOf(facts().columns, orderedPlaces(siftedFor(filter), orders.of(sort.by), sort.isDescending)),
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
