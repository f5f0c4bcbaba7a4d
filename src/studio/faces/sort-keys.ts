import type { FaceSortKey } from '../../contract/workspace-faces.ts';
import type { FaceColumns } from './columns.ts';
import { FIRST_KEY_OF_NONE, sortableKeys } from './sort.ts';

/** What faces are sorted by: 32 bits for each place. Faces whose key is `none` or higher have no value: they stand last in both directions. */
export type SortKeys = { readonly keys: Uint32Array; readonly none: number };

/** What lists are sorted by, but for the order in which faces came, which is that of the places. */
export type MeasuredKey = Exclude<FaceSortKey, 'added'>;

const MORE_THAN_KEYS = 2 ** 32;

const dateKeys = ({ dates, count }: FaceColumns): SortKeys => {
  const keys = new Uint32Array(count);
  for (let place = 0; place < count; place += 1) keys[place] = Math.max(0, dates[place] ?? 0);
  return { keys, none: MORE_THAN_KEYS };
};

const identityKeys = ({ identities, count }: FaceColumns, rankOf: Uint32Array): SortKeys => {
  const none = rankOf.length;
  const keys = new Uint32Array(count);
  for (let place = 0; place < count; place += 1) {
    const id = identities[place] ?? 0;
    keys[place] = id === 0 ? none : (rankOf[id] ?? none);
  }
  return { keys, none };
};

const measureKeys = (values: Float32Array, { count }: FaceColumns): SortKeys => ({
  keys: sortableKeys(values, count),
  none: FIRST_KEY_OF_NONE,
});

/** The keys of all faces. @param ranks the rank of each identity by name, by id */
export const sortKeysOf = (columns: FaceColumns, key: MeasuredKey, ranks: () => Uint32Array): SortKeys => {
  switch (key) {
    case 'identity':
      return identityKeys(columns, ranks());
    case 'date':
      return dateKeys(columns);
    case 'score':
      return measureKeys(columns.scores, columns);
    case 'size':
      return measureKeys(columns.sizes, columns);
    case 'sharpness':
      return measureKeys(columns.sharpness, columns);
    case 'exposure':
      return measureKeys(columns.exposures, columns);
    case 'yaw':
      return measureKeys(columns.yaws, columns);
    case 'pitch':
      return measureKeys(columns.pitches, columns);
    case 'roll':
      return measureKeys(columns.rolls, columns);
  }
};
