import type { FaceFilter, FaceMeasure, Range } from '../../contract/workspace-faces.ts';
import type { Identities } from '../../core/dataset/identities.ts';
import { FACE_STATES } from '../edits/fields.ts';
import { FLAG, type FaceColumns } from './columns.ts';
import type { FileTexts } from './file-texts.ts';
import { FACE_FILE_STATUSES } from './photo-facts.ts';

/** Faces as filters see them; what is worked out from the columns is made at its first use. */
export type FaceFacts = {
  readonly columns: FaceColumns;
  readonly people: Identities;
  /** A code of `FACE_FILE_STATUSES` for each place. */
  fileStatuses(): Uint8Array;
  /** 1 for each photo that shows faces of several identities. */
  severalIdentities(): Uint8Array;
  fileTexts(): FileTexts;
};

/** What a filter restricts, a bit for each facet; `rest` stands for all that is no facet, and for not being in the library. */
export const FACET = {
  rest: 1,
  identities: 2,
  states: 4,
  fileStatuses: 8,
  sources: 16,
  isEdited: 32,
  isStale: 64,
  hasSeveralIdentities: 128,
  score: 256,
  size: 512,
  sharpness: 1024,
  exposure: 2048,
  yaw: 4096,
  pitch: 8192,
  roll: 16384,
  date: 32768,
} as const satisfies Record<FaceMeasure | 'rest', number> & Record<string, number>;

/**
 * A filter applied: for each place the bits of `FACET` that keep the face out. 0 is a face that the filter takes; one with a single bit would
 * be taken but for that facet, so every facet can be counted without itself.
 */
export type Sifted = { readonly misses: Uint16Array; readonly total: number };

type Pass = (misses: Uint16Array) => void;

const DEGREES: ReadonlySet<FaceMeasure> = new Set(['yaw', 'pitch', 'roll']);

/** Whether a measure counts without its sign. */
export const isAngle = (measure: FaceMeasure): boolean => DEGREES.has(measure);

/** The column of a measure. */
export const measureColumn = (columns: FaceColumns, measure: FaceMeasure): Float32Array | Float64Array => {
  switch (measure) {
    case 'score':
      return columns.scores;
    case 'size':
      return columns.sizes;
    case 'sharpness':
      return columns.sharpness;
    case 'exposure':
      return columns.exposures;
    case 'yaw':
      return columns.yaws;
    case 'pitch':
      return columns.pitches;
    case 'roll':
      return columns.rolls;
    case 'date':
      return columns.dates;
  }
};

// Loops over one column at a time: each takes about a millisecond for a million faces. A value that is not measured is in no range.

const rangePass = (columns: FaceColumns, measure: FaceMeasure, range: Range): Pass => {
  const column = measureColumn(columns, measure);
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = range;
  const isUnsigned = isAngle(measure);
  const bit = FACET[measure];
  return (misses) => {
    for (let place = 0; place < misses.length; place += 1) {
      const raw = column[place] ?? Number.NaN;
      const value = isUnsigned ? Math.abs(raw) : raw;
      if (!(value >= least && value <= most)) misses[place] = (misses[place] ?? 0) | bit;
    }
  };
};

const flagPass = ({ flags }: FaceColumns, flag: number, isWanted: boolean, bit: number): Pass => {
  const wanted = isWanted ? flag : 0;
  return (misses) => {
    for (let place = 0; place < misses.length; place += 1)
      if (((flags[place] ?? 0) & flag) !== wanted) misses[place] = (misses[place] ?? 0) | bit;
  };
};

/** Takes places by the value that a column has there: 1 in `isTaken`, or `otherwise` for values that it does not reach. */
const valuePass =
  (column: Uint8Array | Uint32Array, isTaken: Uint8Array, otherwise: 0 | 1, bit: number): Pass =>
  (misses) => {
    for (let place = 0; place < misses.length; place += 1)
      if ((isTaken[column[place] ?? 0] ?? otherwise) === 0) misses[place] = (misses[place] ?? 0) | bit;
  };

/** A pass that takes the values, or with `isExcluded` all others. */
const chosenPass = (
  column: Uint8Array | Uint32Array,
  values: readonly number[],
  isExcluded: boolean,
  bit: number,
): Pass => {
  const length = values.reduce((most, value) => Math.max(most, value), 0) + 1;
  const isTaken = new Uint8Array(length).fill(isExcluded ? 1 : 0);
  for (const value of values) isTaken[value] = isExcluded ? 0 : 1;
  return valuePass(column, isTaken, isExcluded ? 1 : 0, bit);
};

const codesOf = (names: readonly string[], wanted: readonly string[]): number[] =>
  names.flatMap((name, code) => (wanted.includes(name) ? [code] : []));

type Values = NonNullable<FaceFilter['exclude']>;

const valuePasses = (facts: FaceFacts, wanted: Values, isExcluded: boolean): Pass[] => {
  const { columns, people } = facts;
  const { identities, states, sources, fileStatuses } = wanted;
  const passes: Pass[] = [];
  const put = (column: Uint8Array | Uint32Array, values: readonly number[], bit: number): void => {
    passes.push(chosenPass(column, values, isExcluded, bit));
  };
  if (identities !== undefined) {
    const ids = identities.map((id) => (id === 0 ? 0 : people.canonical(id)));
    put(columns.identities, ids, FACET.identities);
  }
  if (states !== undefined) put(columns.states, codesOf(FACE_STATES, states), FACET.states);
  if (sources !== undefined) put(columns.sources, sources, FACET.sources);
  if (fileStatuses !== undefined)
    put(facts.fileStatuses(), codesOf(FACE_FILE_STATUSES, fileStatuses), FACET.fileStatuses);
  return passes;
};

/** Ids of the identities whose name has the part, which is in lower case. */
const identitiesNamed = (people: Identities, part: string): number[] =>
  people.all.filter(({ name }) => name.toLowerCase().includes(part)).map(({ id }) => id);

const namePass = ({ columns, people }: FaceFacts, name: string): Pass =>
  chosenPass(columns.identities, identitiesNamed(people, name.toLowerCase()), false, FACET.rest);

const facesPass = ({ ids }: FaceColumns, wanted: readonly number[]): Pass => {
  const isWanted = new Set(wanted);
  return (misses) => {
    for (let place = 0; place < misses.length; place += 1)
      if (!isWanted.has(ids[place] ?? 0)) misses[place] = (misses[place] ?? 0) | FACET.rest;
  };
};

const textPass = (facts: FaceFacts, text: string): Pass => {
  const { photos, identities } = facts.columns;
  const part = text.toLowerCase();
  const isPhotoTaken = facts.fileTexts().find(part);
  const named = identitiesNamed(facts.people, part);
  const isIdentityTaken = new Uint8Array(named.reduce((most, id) => Math.max(most, id), 0) + 1);
  for (const id of named) isIdentityTaken[id] = 1;
  return (misses) => {
    for (let place = 0; place < misses.length; place += 1)
      if (isPhotoTaken[photos[place] ?? 0] !== 1 && isIdentityTaken[identities[place] ?? 0] !== 1)
        misses[place] = (misses[place] ?? 0) | FACET.rest;
  };
};

const severalPass = (facts: FaceFacts, isWanted: boolean): Pass => {
  const several = facts.severalIdentities();
  const { photos } = facts.columns;
  const wanted = isWanted ? 1 : 0;
  return (misses) => {
    for (let place = 0; place < misses.length; place += 1)
      if (several[photos[place] ?? 0] !== wanted)
        misses[place] = (misses[place] ?? 0) | FACET.hasSeveralIdentities;
  };
};

const flagPasses = (facts: FaceFacts, filter: FaceFilter): Pass[] => {
  const { isEdited, isChosen, hasCrop, isStale, hasSeveralIdentities } = filter;
  const passes: Pass[] = [];
  const put = (flag: number, isWanted: boolean | undefined, bit: number): void => {
    if (isWanted !== undefined) passes.push(flagPass(facts.columns, flag, isWanted, bit));
  };
  put(FLAG.edited, isEdited, FACET.isEdited);
  put(FLAG.stale, isStale, FACET.isStale);
  put(FLAG.chosen, isChosen, FACET.rest);
  put(FLAG.hasCrop, hasCrop, FACET.rest);
  if (hasSeveralIdentities !== undefined) passes.push(severalPass(facts, hasSeveralIdentities));
  return passes;
};

const passesOf = (facts: FaceFacts, filter: FaceFilter): Pass[] => {
  const { faces, name, text, exclude, ranges = {} } = filter;
  const passes = [...valuePasses(facts, filter, false), ...flagPasses(facts, filter)];
  if (exclude !== undefined) passes.push(...valuePasses(facts, exclude, true));
  if (faces !== undefined) passes.push(facesPass(facts.columns, faces));
  if (name !== undefined) passes.push(namePass(facts, name));
  if (text !== undefined && text !== '') passes.push(textPass(facts, text));
  for (const measure of Object.keys(ranges) as FaceMeasure[]) {
    // The keys of a schema's record, whose type Object.keys forgets.
    const range = ranges[measure];
    if (range !== undefined) passes.push(rangePass(facts.columns, measure, range));
  }
  return passes;
};

/** Applies a filter to the faces in the library. */
export const sift = (facts: FaceFacts, filter: FaceFilter): Sifted => {
  const misses = new Uint16Array(facts.columns.count);
  flagPass(facts.columns, FLAG.shown, true, FACET.rest)(misses);
  for (const pass of passesOf(facts, filter)) pass(misses);
  let total = 0;
  for (const missed of misses) if (missed === 0) total += 1;
  return { misses, total };
};
