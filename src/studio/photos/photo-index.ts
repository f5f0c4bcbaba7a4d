import type { Counts, Photo, PhotoFilter, PhotoSort } from '../../contract/studio.ts';
import type { PhotoStatus } from '../../contract/faces.ts';
import { parseRecord } from '../align/ledger.ts';
import type { LedgerRecord } from '../align/record.ts';
import { createSignal, type Signal } from '../streams.ts';

const STATUSES: readonly PhotoStatus[] = ['pending', 'aligned', 'noFace', 'failed', 'skipped'];
/** While photos change, a sorted or filtered list is kept at least this long before it is made anew. */
const LIST_LIFE_MS = 500;
/** Lists kept at once. */
const MOST_LISTS = 12;
/** A score is compared to this many parts, so that score and place fit one exact number. */
const SCORE_PARTS = 1_000_000;
/** Room for the place in that number: 2^24 photos. */
const PLACE_RANGE = 2 ** 24;

type List = { readonly revision: number; readonly madeAtMs: number; readonly ids: Uint32Array };
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

const versionOf = (record: LedgerRecord | null): string => {
  if (record === null) return 'waiting';
  const parts = [record.sourceSha256 ?? record.reason.code, ...record.crops.map(({ sha256 }) => sha256)];
  return parts
    .map((part) => part.slice(0, VERSION_DIGITS))
    .join('-')
    .slice(0, 160);
};

const photoOf = (id: number, file: string, record: LedgerRecord | null): Photo => ({
  id,
  file,
  identity: identityOf(file),
  status: record?.status ?? 'pending',
  reason: record?.reason ?? { code: 'waiting', message: 'Waits to be aligned.' },
  widthPx: record?.widthPx ?? null,
  heightPx: record?.heightPx ?? null,
  conversions: record?.conversions ?? [],
  faces: record?.faces ?? [],
  chosen: record?.chosen ?? null,
  crops: record?.crops.map(({ face }) => face) ?? [],
  version: versionOf(record),
});

/** An index without photos. */
export const createPhotoIndex = (now: () => number = Date.now): PhotoIndex => {
  const changes = createSignal();
  let files: readonly string[] = [];
  let lowerFiles: readonly string[] | null = null;
  let texts: (string | null)[] = [];
  let statuses = new Uint8Array(0);
  let scores = new Float32Array(0);
  let faceCounts = new Uint16Array(0);
  let tally = new Uint32Array(STATUSES.length);
  let faces = 0;
  let crops = 0;
  let revision = 0;
  let lists = new Map<string, List>();

  const put = (place: number, record: LedgerRecord | null): void => {
    const before = texts[place];
    const old = before === undefined || before === null ? null : parseRecord(before);
    faces += (record?.faces.length ?? 0) - (old?.faces.length ?? 0);
    crops += (record?.crops.length ?? 0) - (old?.crops.length ?? 0);
    const status = STATUSES.indexOf(record?.status ?? 'pending');
    const oldStatus = statuses[place] ?? 0;
    tally[oldStatus] = (tally[oldStatus] ?? 0) - 1;
    tally[status] = (tally[status] ?? 0) + 1;
    statuses[place] = status;
    faceCounts[place] = record?.faces.length ?? 0;
    scores[place] = record?.faces[record.chosen ?? 0]?.score ?? 0;
  };

  const matching = ({ statuses: wanted, search }: PhotoFilter): Uint32Array => {
    const isWanted = STATUSES.map((status) => wanted.length === 0 || wanted.includes(status));
    const part = search.toLowerCase();
    if (part !== '') lowerFiles ??= files.map((file) => file.toLowerCase());
    const ids = new Uint32Array(files.length);
    let count = 0;
    for (let place = 0; place < files.length; place += 1) {
      if (isWanted[statuses[place] ?? 0] !== true) continue;
      if (part !== '' && lowerFiles?.[place]?.includes(part) !== true) continue;
      ids[count] = place;
      count += 1;
    }
    return ids.subarray(0, count);
  };

  const sorted = (ids: Uint32Array, sort: PhotoSort): Uint32Array => {
    if (sort === 'file') return ids;
    const rank = (place: number): number => {
      const score = Math.round((scores[place] ?? 0) * SCORE_PARTS);
      if (sort === 'score-ascending') return score;
      return sort === 'score-descending' ? SCORE_PARTS - score : 65_535 - (faceCounts[place] ?? 0);
    };
    const keys = Float64Array.from(ids, (place) => rank(place) * PLACE_RANGE + place).sort();
    return Uint32Array.from(keys, (key) => key % PLACE_RANGE);
  };

  const listOf = (filter: PhotoFilter, sort: PhotoSort): List => {
    const key = JSON.stringify([[...filter.statuses].sort(), filter.search.toLowerCase(), sort]);
    const kept = lists.get(key);
    const atMs = now();
    if (kept !== undefined && (kept.revision === revision || atMs - kept.madeAtMs < LIST_LIFE_MS))
      return kept;
    const list = { revision, madeAtMs: atMs, ids: sorted(matching(filter), sort) };
    lists.delete(key);
    lists.set(key, list);
    const oldest = lists.keys().next();
    if (lists.size > MOST_LISTS && oldest.done !== true) lists.delete(oldest.value);
    return list;
  };

  const record = (place: number): LedgerRecord | null => {
    const text = texts[place];
    return text === undefined || text === null ? null : parseRecord(text);
  };

  const photo = (place: number): Photo | null => {
    const file = files[place];
    return file === undefined ? null : photoOf(place, file, record(place));
  };

  return {
    changes,
    reset(newFiles, textOf) {
      files = newFiles;
      lowerFiles = null;
      texts = new Array<string | null>(files.length).fill(null);
      statuses = new Uint8Array(files.length);
      scores = new Float32Array(files.length);
      faceCounts = new Uint16Array(files.length);
      tally = new Uint32Array(STATUSES.length);
      tally[0] = files.length;
      faces = 0;
      crops = 0;
      lists = new Map();
      files.forEach((file, place) => {
        const text = textOf(file);
        if (text === null) return;
        put(place, parseRecord(text));
        texts[place] = text;
      });
      revision += 1;
      changes.notify();
    },
    set(place, changed) {
      const text = JSON.stringify(changed);
      if (texts[place] === text) return;
      put(place, changed);
      texts[place] = text;
      revision += 1;
      changes.notify();
    },
    settle() {
      lists = new Map();
      revision += 1;
      changes.notify();
    },
    size: () => files.length,
    record,
    counts: () => ({
      images: files.length,
      aligned: tally[1] ?? 0,
      noFace: tally[2] ?? 0,
      failed: tally[3] ?? 0,
      skipped: tally[4] ?? 0,
      pending: tally[0] ?? 0,
    }),
    sums: () => ({ faces, crops }),
    revision: () => revision,
    photo,
    page({ filter, sort, offset, limit }) {
      const list = listOf(filter, sort);
      const photos = [...list.ids.subarray(offset, offset + limit)].flatMap((place) => photo(place) ?? []);
      return { total: list.ids.length, revision: list.revision, photos };
    },
  };
};
