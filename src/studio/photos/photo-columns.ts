import type { PhotoStatus } from '../../contract/faces.ts';
import type { Counts, PhotoFilter, PhotoSort } from '../../contract/studio.ts';
import { parseRecord } from '../align/ledger.ts';
import type { LedgerRecord } from '../align/record.ts';

const STATUSES: readonly PhotoStatus[] = ['pending', 'aligned', 'noFace', 'failed', 'skipped'];
const MOST_FACES = 65_535;
/** A score is compared to this many parts, so that score and place fit one exact number. */
const SCORE_PARTS = 1_000_000;
/** Room for the place in that number: 2^24 photos. */
const PLACE_RANGE = 2 ** 24;

/** The photos of a source, column by column: the text of each record, and beside it what lists are made by. */
export type PhotoColumns = {
  readonly files: readonly string[];
  /** False when the photo has that record already. */
  put(place: number, record: LedgerRecord, text: string): boolean;
  record(place: number): LedgerRecord | null;
  /** The record as the JSON text that a ledger holds. */
  text(place: number): string | null;
  counts(): Counts;
  sums(): { readonly faces: number; readonly crops: number };
  /** Places of the photos that a filter takes, in an order. */
  places(filter: PhotoFilter, sort: PhotoSort): Uint32Array;
};

type Features = {
  readonly status: number;
  readonly faces: number;
  readonly crops: number;
  readonly score: number;
};

const WAITING: Features = { status: STATUSES.indexOf('pending'), faces: 0, crops: 0, score: 0 };

const featuresOf = ({ status, faces, crops, chosen }: LedgerRecord): Features => ({
  status: STATUSES.indexOf(status),
  faces: faces.length,
  crops: crops.length,
  score: faces[chosen ?? 0]?.score ?? 0,
});

const sorted = (ids: Uint32Array, rank: (place: number) => number): Uint32Array => {
  const keys = Float64Array.from(ids, (place) => rank(place) * PLACE_RANGE + place).sort();
  return Uint32Array.from(keys, (key) => key % PLACE_RANGE);
};

/** Columns of photos that all wait. */
export const createPhotoColumns = (files: readonly string[]): PhotoColumns => {
  const texts = new Array<string | null>(files.length).fill(null);
  const statuses = new Uint8Array(files.length);
  const scores = new Float32Array(files.length);
  const faceCounts = new Uint16Array(files.length);
  const tally = STATUSES.map(() => 0);
  tally[WAITING.status] = files.length;
  let sums = { faces: 0, crops: 0 };
  let lowerFiles: readonly string[] | null = null;

  const textAt = (place: number): string | null => texts[place] ?? null;
  const record = (place: number): LedgerRecord | null => {
    const text = textAt(place);
    return text === null ? null : parseRecord(text);
  };
  const count = (status: PhotoStatus): number => tally[STATUSES.indexOf(status)] ?? 0;
  const scorePart = (place: number): number => Math.round((scores[place] ?? 0) * SCORE_PARTS);

  const matching = ({ statuses: wanted, search }: PhotoFilter): Uint32Array => {
    const isWanted = STATUSES.map((status) => wanted.length === 0 || wanted.includes(status));
    const part = search.toLowerCase();
    const names = part === '' ? null : (lowerFiles ??= files.map((file) => file.toLowerCase()));
    const ids = new Uint32Array(files.length);
    let found = 0;
    for (let place = 0; place < files.length; place += 1) {
      if (isWanted[statuses[place] ?? 0] !== true || names?.[place]?.includes(part) === false) continue;
      ids[found] = place;
      found += 1;
    }
    return ids.subarray(0, found);
  };

  return {
    files,
    put(place, changed, text) {
      if (texts[place] === text) return false;
      const old = record(place);
      const before = old === null ? WAITING : featuresOf(old);
      const after = featuresOf(changed);
      sums = {
        faces: sums.faces + after.faces - before.faces,
        crops: sums.crops + after.crops - before.crops,
      };
      tally[before.status] = (tally[before.status] ?? 0) - 1;
      tally[after.status] = (tally[after.status] ?? 0) + 1;
      statuses[place] = after.status;
      faceCounts[place] = Math.min(after.faces, MOST_FACES);
      scores[place] = after.score;
      texts[place] = text;
      return true;
    },
    record,
    text: textAt,
    counts: () => ({
      images: files.length,
      aligned: count('aligned'),
      noFace: count('noFace'),
      failed: count('failed'),
      skipped: count('skipped'),
      pending: count('pending'),
    }),
    sums: () => sums,
    places(filter, sort) {
      const ids = matching(filter);
      switch (sort) {
        case 'file':
          return ids;
        case 'score-ascending':
          return sorted(ids, scorePart);
        case 'score-descending':
          return sorted(ids, (place) => SCORE_PARTS - scorePart(place));
        case 'faces-descending':
          return sorted(ids, (place) => MOST_FACES - (faceCounts[place] ?? 0));
      }
    },
  };
};
