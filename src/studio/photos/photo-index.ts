import type { Counts, Photo, PhotoFilter, PhotoSort } from '../../contract/studio.ts';
import { parseRecord } from '../align/ledger.ts';
import type { LedgerRecord } from '../align/record.ts';
import { createSignal, type Signal } from '../streams.ts';
import { createPhotoColumns } from './photo-columns.ts';

/** While photos change, a sorted or filtered list is kept at least this long before it is made anew. */
const LIST_LIFE_MS = 500;
/** Lists kept at once. */
const MOST_LISTS = 12;

type List = { readonly revision: number; readonly madeAtMs: number; readonly places: Uint32Array };
type ListRequest = {
  readonly filter: PhotoFilter;
  readonly sort: PhotoSort;
  readonly offset: number;
  readonly limit: number;
};

/**
 * The photos of one source in memory: which there are, in the order of their files, and what is known of each. A photo's id is its
 * place. Made for half a million photos: records are kept as text and parsed when they are shown.
 */
export type PhotoIndex = {
  readonly changes: Signal;
  /** Replaces all photos. `textOf` gives the record of a file as JSON, or null for a photo that waits. */
  reset(files: readonly string[], textOf: (file: string) => string | null): void;
  set(place: number, record: LedgerRecord): void;
  /** Forgets the lists that were kept for speed; called when no more changes are to come. */
  settle(): void;
  size(): number;
  record(place: number): LedgerRecord | null;
  /** The record as the JSON text that a ledger holds. */
  text(place: number): string | null;
  counts(): Counts;
  /** Faces and crops of all records. */
  sums(): { readonly faces: number; readonly crops: number };
  revision(): number;
  photo(place: number): Photo | null;
  page(request: ListRequest): { readonly total: number; readonly revision: number; readonly photos: Photo[] };
};

const identityOf = (file: string): string => {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
};

const VERSION_DIGITS = 12;
const MOST_VERSION_CHARACTERS = 160;

const versionOf = (record: LedgerRecord): string => {
  const parts = [record.sourceSha256 ?? record.reason.code, ...record.crops.map(({ sha256 }) => sha256)];
  return parts
    .map((part) => part.slice(0, VERSION_DIGITS))
    .join('-')
    .slice(0, MOST_VERSION_CHARACTERS);
};

const waitingPhoto = (id: number, file: string): Photo => ({
  id,
  file,
  identity: identityOf(file),
  status: 'pending',
  reason: { code: 'waiting', message: 'Waits to be aligned.' },
  widthPx: null,
  heightPx: null,
  conversions: [],
  faces: [],
  chosen: null,
  crops: [],
  version: 'waiting',
});

const photoOf = (id: number, file: string, record: LedgerRecord | null): Photo => {
  if (record === null) return waitingPhoto(id, file);
  const { status, reason, widthPx, heightPx, conversions, faces, chosen } = record;
  const crops = record.crops.map(({ face }) => face);
  const known = { status, reason, widthPx, heightPx, conversions, faces, chosen, crops };
  return { id, file, identity: identityOf(file), ...known, version: versionOf(record) };
};

/** An index without photos. */
export const createPhotoIndex = (now: () => number = Date.now): PhotoIndex => {
  const changes = createSignal();
  let columns = createPhotoColumns([]);
  let revision = 0;
  let lists = new Map<string, List>();

  const changed = (): void => {
    revision += 1;
    changes.notify();
  };
  const photo = (place: number): Photo | null => {
    const file = columns.files[place];
    return file === undefined ? null : photoOf(place, file, columns.record(place));
  };
  const listOf = (filter: PhotoFilter, sort: PhotoSort): List => {
    const key = JSON.stringify([[...filter.statuses].sort(), filter.search.toLowerCase(), sort]);
    const kept = lists.get(key);
    const atMs = now();
    if (kept !== undefined && (kept.revision === revision || atMs - kept.madeAtMs < LIST_LIFE_MS))
      return kept;
    const list = { revision, madeAtMs: atMs, places: columns.places(filter, sort) };
    lists.delete(key);
    lists.set(key, list);
    const oldest = lists.keys().next();
    if (lists.size > MOST_LISTS && oldest.done !== true) lists.delete(oldest.value);
    return list;
  };

  return {
    changes,
    reset(files, textOf) {
      columns = createPhotoColumns(files);
      lists = new Map();
      files.forEach((file, place) => {
        const text = textOf(file);
        if (text !== null) columns.put(place, parseRecord(text), text);
      });
      changed();
    },
    set(place, record) {
      if (columns.put(place, record, JSON.stringify(record))) changed();
    },
    settle() {
      lists = new Map();
      changed();
    },
    size: () => columns.files.length,
    record: (place) => columns.record(place),
    text: (place) => columns.text(place),
    counts: () => columns.counts(),
    sums: () => columns.sums(),
    revision: () => revision,
    photo,
    page({ filter, sort, offset, limit }) {
      const list = listOf(filter, sort);
      const photos = [...list.places.subarray(offset, offset + limit)].flatMap((place) => photo(place) ?? []);
      return { total: list.places.length, revision: list.revision, photos };
    },
  };
};
