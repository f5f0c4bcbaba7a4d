import type { FaceSortKey } from '../../contract/workspace-faces.ts';
import type { Identities } from '../../core/dataset/identities.ts';
import type { FaceColumns } from './columns.ts';
import { measureColumn } from './filter.ts';
import { sortableKeys, sortedPlaces } from './sort.ts';

/** All places, ascending by a key; those from `valued` on have no value and stand at the end whichever way it is read. */
export type Order = {
  /** null where the order is that of the places. */
  readonly places: Uint32Array | null;
  readonly valued: number;
};

/** All places in the order of a key, made once and kept until what it depends on changes. */
export type Orders = {
  of(key: FaceSortKey): Order;
  /** The rank of each identity by name, by id. */
  ranks(): Uint32Array;
  /** Faces have other identities. */
  forgetIdentities(): void;
  /** Identities have other names. */
  forgetNames(): void;
  /** Anything may have changed. */
  forgetAll(): void;
};

const identityRanks = ({ all }: Identities): Uint32Array => {
  const collator = new Intl.Collator('en', { numeric: true });
  const ordered = [...all].sort((a, b) => collator.compare(a.name, b.name) || a.id - b.id);
  const ranks = new Uint32Array(all.reduce((most, { id }) => Math.max(most, id), 0) + 1);
  ordered.forEach(({ id }, rank) => {
    ranks[id] = rank;
  });
  return ranks;
};

const dateKeys = ({ dates, count }: FaceColumns): Uint32Array => {
  const keys = new Uint32Array(count);
  for (let place = 0; place < count; place += 1) keys[place] = Math.max(0, dates[place] ?? 0);
  return keys;
};

const keysOf = (
  columns: FaceColumns,
  key: Exclude<FaceSortKey, 'added'>,
  ranks: () => Uint32Array,
): Uint32Array => {
  const { count } = columns;
  switch (key) {
    case 'identity': {
      const rankOf = ranks();
      // Faces without an identity come last.
      const last = rankOf.length;
      const keys = new Uint32Array(count);
      for (let place = 0; place < count; place += 1) {
        const id = columns.identities[place] ?? 0;
        keys[place] = id === 0 ? last : (rankOf[id] ?? last);
      }
      return keys;
    }
    case 'date':
      return dateKeys(columns);
    case 'score':
      return sortableKeys(columns.scores, count);
    case 'size':
      return sortableKeys(columns.sizes, count);
    case 'sharpness':
      return sortableKeys(columns.sharpness, count);
    case 'exposure':
      return sortableKeys(columns.exposures, count);
    case 'yaw':
      return sortableKeys(columns.yaws, count);
    case 'pitch':
      return sortableKeys(columns.pitches, count);
    case 'roll':
      return sortableKeys(columns.rolls, count);
  }
};

const countValued = (columns: FaceColumns, key: Exclude<FaceSortKey, 'added'>, count: number): number => {
  const column = key === 'identity' ? columns.identities : measureColumn(columns, key);
  const none = key === 'identity' ? 0 : Number.NaN;
  let valued = 0;
  for (let place = 0; place < count; place += 1) if (!Object.is(column[place], none)) valued += 1;
  return valued;
};

/** Orders of the columns as they are when asked. */
export const createOrders = (columns: () => FaceColumns, people: () => Identities): Orders => {
  const kept = new Map<FaceSortKey, Order>();
  let ranks: Uint32Array | null = null;
  const ranksOfPeople = (): Uint32Array => (ranks ??= identityRanks(people()));
  return {
    ranks: ranksOfPeople,
    of(key) {
      if (key === 'added') return { places: null, valued: columns().count };
      const known = kept.get(key);
      if (known !== undefined) return known;
      const keys = keysOf(columns(), key, ranksOfPeople);
      const order = { places: sortedPlaces(keys), valued: countValued(columns(), key, keys.length) };
      kept.set(key, order);
      return order;
    },
    forgetIdentities() {
      kept.delete('identity');
    },
    forgetNames() {
      ranks = null;
      kept.delete('identity');
    },
    forgetAll() {
      ranks = null;
      kept.clear();
    },
  };
};
