import { FaceSortKey } from '../../contract/workspace-faces.ts';
import type { Identities } from '../../core/dataset/identities.ts';
import type { FaceColumns } from './columns.ts';
import { createGradually, createKept, type Gradually } from './kept.ts';
import { sortKeysOf, type MeasuredKey, type SortKeys } from './sort-keys.ts';
import { sortInSteps } from './sort.ts';

/** All places, ascending by a key; those from `valued` on have no value and stand at the end whichever way it is read. */
export type Order = {
  /** null where the order is that of the places. */
  readonly places: Uint32Array | null;
  readonly valued: number;
};

/** All places in the order of a key, made once and kept until what it depends on changes. */
export type Orders = {
  of(key: FaceSortKey): Order;
  /** The order if it is made already; null where `of` would have to sort. */
  known(key: FaceSortKey): Order | null;
  /** What is sorted by: made in a few milliseconds. */
  keys(key: MeasuredKey): SortKeys;
  /** The rank of each identity by name, by id. */
  ranks(): Uint32Array;
  /** Everything that takes long, to be made before it is asked for. */
  readonly gradually: readonly Gradually<object>[];
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

const countValued = ({ keys, none }: SortKeys): number => {
  let valued = 0;
  for (const key of keys) if (key < none) valued += 1;
  return valued;
};

/** Orders of the columns as they are when asked. */
export const createOrders = (columns: () => FaceColumns, people: () => Identities): Orders => {
  const ranks = createGradually(function* () {
    yield;
    return identityRanks(people());
  });
  const lastKeys = createKept<SortKeys>(1);
  const keys = (key: MeasuredKey): SortKeys =>
    lastKeys.get(key, () => sortKeysOf(columns(), key, () => ranks.get()));
  const orders = new Map<FaceSortKey, Gradually<Order>>();
  for (const key of FaceSortKey.options) {
    if (key === 'added') continue;
    const make = function* (): Generator<void, Order, void> {
      const sortKeys = sortKeysOf(columns(), key, () => ranks.get());
      yield;
      const valued = countValued(sortKeys);
      return { places: yield* sortInSteps(sortKeys.keys), valued };
    };
    orders.set(key, createGradually(make));
  }
  const asAdded = (): Order => ({ places: null, valued: columns().count });
  const forgetIdentities = (): void => {
    lastKeys.clear();
    orders.get('identity')?.forget();
  };
  const forgetNames = (): void => {
    ranks.forget();
    forgetIdentities();
  };
  return {
    of: (key) => orders.get(key)?.get() ?? asAdded(),
    known: (key) => (key === 'added' ? asAdded() : (orders.get(key)?.known() ?? null)),
    keys,
    ranks: () => ranks.get(),
    gradually: [ranks, ...orders.values()],
    forgetIdentities,
    forgetNames,
    forgetAll() {
      forgetNames();
      for (const order of orders.values()) order.forget();
    },
  };
};
