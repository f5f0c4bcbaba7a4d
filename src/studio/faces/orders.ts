import type { FaceSortKey } from '../../contract/workspace-faces.ts';
import type { Identities } from '../../core/dataset/identities.ts';
import type { FaceColumns } from './columns.ts';
import { sortableKeys, sortedPlaces } from './sort.ts';

/** All places in the order of a key, made once and kept until what it depends on changes. */
export type Orders = {
  /** null for the order in which faces were added. */
  of(key: FaceSortKey): Uint32Array | null;
  /** Identities changed. */
  forgetIdentities(): void;
  /** Anything may have changed. */
  forgetAll(): void;
};

/** The rank of each identity by name, by id; faces without one come last. */
const identityRanks = ({ all }: Identities): { readonly ranks: Uint32Array; readonly last: number } => {
  const collator = new Intl.Collator('en', { numeric: true });
  const ordered = [...all].sort((a, b) => collator.compare(a.name, b.name) || a.id - b.id);
  const ranks = new Uint32Array(all.reduce((most, { id }) => Math.max(most, id), 0) + 1);
  ordered.forEach(({ id }, rank) => {
    ranks[id] = rank;
  });
  return { ranks, last: ordered.length };
};

const keysOf = (
  columns: FaceColumns,
  key: Exclude<FaceSortKey, 'added'>,
  people: Identities,
): Uint32Array => {
  const { count } = columns;
  switch (key) {
    case 'identity': {
      const { ranks, last } = identityRanks(people);
      const keys = new Uint32Array(count);
      for (let place = 0; place < count; place += 1) {
        const id = columns.identities[place] ?? 0;
        keys[place] = id === 0 ? last : (ranks[id] ?? last);
      }
      return keys;
    }
    case 'date':
      return Uint32Array.from(columns.dates.subarray(0, count), (seconds) => Math.max(0, seconds));
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

/** Orders of the columns as they are when asked. */
export const createOrders = (columns: () => FaceColumns, people: () => Identities): Orders => {
  const kept = new Map<FaceSortKey, Uint32Array>();
  return {
    of(key) {
      if (key === 'added') return null;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const order = sortedPlaces(keysOf(columns(), key, people()));
      kept.set(key, order);
      return order;
    },
    forgetIdentities() {
      kept.delete('identity');
    },
    forgetAll() {
      kept.clear();
    },
  };
};
