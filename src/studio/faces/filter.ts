import type { FaceFilter, FaceMeasure, Range } from '../../contract/workspace-faces.ts';
import type { Identities } from '../../core/dataset/identities.ts';
import { FACE_STATES } from '../edits/fields.ts';
import { FLAG, type FaceColumns } from './columns.ts';

/** For each place 1 where a filter takes the face, and how many it takes. */
export type Mask = { readonly bits: Uint8Array; readonly total: number };

type Pass = (bits: Uint8Array) => void;

const DEGREES = new Set<FaceMeasure>(['yaw', 'pitch', 'roll']);

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
  const isAngle = DEGREES.has(measure);
  return (bits) => {
    for (let place = 0; place < bits.length; place += 1) {
      const raw = column[place] ?? Number.NaN;
      const value = isAngle ? Math.abs(raw) : raw;
      if (!(value >= least && value <= most)) bits[place] = 0;
    }
  };
};

const flagPass = ({ flags }: FaceColumns, flag: number, isWanted: boolean): Pass => {
  const wanted = isWanted ? flag : 0;
  return (bits) => {
    for (let place = 0; place < bits.length; place += 1)
      if (((flags[place] ?? 0) & flag) !== wanted) bits[place] = 0;
  };
};

const statePass = ({ states }: FaceColumns, wanted: readonly string[]): Pass => {
  const isWanted = Uint8Array.from(FACE_STATES, (state) => (wanted.includes(state) ? 1 : 0));
  return (bits) => {
    for (let place = 0; place < bits.length; place += 1)
      if (isWanted[states[place] ?? 0] !== 1) bits[place] = 0;
  };
};

const identityPass = (columns: FaceColumns, wanted: Iterable<number>): Pass => {
  const ids = [...wanted];
  const isWanted = new Uint8Array(ids.reduce((most, id) => Math.max(most, id), 0) + 1);
  for (const id of ids) isWanted[id] = 1;
  const { identities } = columns;
  return (bits) => {
    for (let place = 0; place < bits.length; place += 1)
      if (isWanted[identities[place] ?? 0] !== 1) bits[place] = 0;
  };
};

const passesOf = (columns: FaceColumns, filter: FaceFilter, people: Identities): Pass[] => {
  const passes: Pass[] = [];
  const { identities, name, states, ranges = {}, isEdited, isChosen, hasCrop } = filter;
  if (identities !== undefined) {
    const wanted = identities.map((id) => (id === 0 ? 0 : people.canonical(id)));
    passes.push(identityPass(columns, wanted));
  }
  if (name !== undefined) {
    const part = name.toLowerCase();
    const named = people.all.filter((identity) => identity.name.toLowerCase().includes(part));
    passes.push(
      identityPass(
        columns,
        named.map(({ id }) => id),
      ),
    );
  }
  if (states !== undefined) passes.push(statePass(columns, states));
  for (const measure of Object.keys(ranges) as FaceMeasure[]) {
    // The keys of a schema's record, whose type Object.keys forgets.
    const range = ranges[measure];
    if (range !== undefined) passes.push(rangePass(columns, measure, range));
  }
  if (isEdited !== undefined) passes.push(flagPass(columns, FLAG.edited, isEdited));
  if (isChosen !== undefined) passes.push(flagPass(columns, FLAG.chosen, isChosen));
  if (hasCrop !== undefined) passes.push(flagPass(columns, FLAG.hasCrop, hasCrop));
  return passes;
};

/** The faces in the library that a filter takes. */
export const maskOf = (columns: FaceColumns, filter: FaceFilter, people: Identities): Mask => {
  const bits = new Uint8Array(columns.count).fill(1);
  flagPass(columns, FLAG.shown, true)(bits);
  for (const pass of passesOf(columns, filter, people)) pass(bits);
  let total = 0;
  for (const bit of bits) total += bit;
  return { bits, total };
};
