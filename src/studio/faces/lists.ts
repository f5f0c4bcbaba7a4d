import type { FaceFilter, FaceSort } from '../../contract/workspace-faces.ts';
import type { Identities } from '../../core/dataset/identities.ts';
import type { FaceColumns } from './columns.ts';
import { maskOf, type Mask } from './filter.ts';
import type { Orders } from './orders.ts';

/** Filters, and lists, whose results are kept until a face changes. */
const MOST_MASKS = 8;
const MOST_LISTS = 8;

/** A list of faces: how many there are, and any part of it. */
export type FaceList = { readonly total: number; page(offset: number, limit: number): readonly number[] };

/** Lists that were asked for, kept while nothing changes. */
export type FaceLists = {
  list(filter: FaceFilter, sort: FaceSort): FaceList;
  /** Ids of the faces that a filter takes, ascending. */
  select(filter: FaceFilter): readonly number[];
  forget(): void;
};

const pageOf = (
  columns: FaceColumns,
  { bits, total }: Mask,
  order: Uint32Array | null,
  isDescending: boolean,
) => {
  const count = bits.length;
  const placeAt = (at: number): number => {
    const rank = isDescending ? count - 1 - at : at;
    return order === null ? rank : (order[rank] ?? 0);
  };
  /** Places in order, found as far as they were asked for. */
  const found: number[] = [];
  let next = 0;
  return (offset: number, limit: number): readonly number[] => {
    const end = Math.min(total, offset + limit);
    for (; found.length < end && next < count; next += 1) {
      const place = placeAt(next);
      if (bits[place] === 1) found.push(place);
    }
    return found.slice(offset, end).map((place) => columns.ids[place] ?? 0);
  };
};

/** What `make` gives for a key, kept for the last few keys. */
const createKept = <Value>(most: number) => {
  const kept = new Map<string, Value>();
  return {
    get(key: string, make: () => Value): Value {
      const known = kept.get(key);
      if (known !== undefined) return known;
      const oldest = kept.keys().next();
      if (kept.size >= most && oldest.done !== true) kept.delete(oldest.value);
      const made = make();
      kept.set(key, made);
      return made;
    },
    clear: () => {
      kept.clear();
    },
  };
};

/** Lists of the faces as they are when they are asked for. */
export const createFaceLists = (
  faces: () => { readonly columns: FaceColumns; readonly people: Identities },
  orders: Orders,
): FaceLists => {
  const masks = createKept<Mask>(MOST_MASKS);
  const lists = createKept<FaceList>(MOST_LISTS);
  const maskFor = (filter: FaceFilter): Mask =>
    masks.get(JSON.stringify(filter), () => maskOf(faces().columns, filter, faces().people));
  return {
    list: (filter, sort) =>
      lists.get(JSON.stringify([filter, sort]), () => {
        const mask = maskFor(filter);
        const page = pageOf(faces().columns, mask, orders.of(sort.by), sort.isDescending);
        return { total: mask.total, page };
      }),
    select(filter) {
      const { bits } = maskFor(filter);
      const { ids } = faces().columns;
      const selected: number[] = [];
      for (let place = 0; place < bits.length; place += 1)
        if (bits[place] === 1) selected.push(ids[place] ?? 0);
      return selected;
    },
    forget() {
      masks.clear();
      lists.clear();
    },
  };
};
