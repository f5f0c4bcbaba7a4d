import type { Constraints, FacePair } from '../../core/clustering/constraints.ts';
import type { Database } from '../catalogue/database.ts';
import { decisionsOf } from '../edits/decisions.ts';
import { FACE_STATES, type FaceState } from '../edits/fields.ts';
import { decidedPairs } from '../edits/pairs.ts';
import { FLAG, placeOf, UNDECIDED, type FaceColumns } from '../faces/columns.ts';
import type { FaceIndex } from '../faces/index.ts';

/** Faces that a person called nobody's: they are in no cluster. */
const LEFT_OUT: ReadonlySet<FaceState> = new Set(['not-a-face', 'unusable', 'ignored']);

const stateAt = ({ states }: FaceColumns, place: number): FaceState =>
  FACE_STATES[states[place] ?? 0] ?? 'unreviewed';

/** The faces that are clustered, by id, ascending: those that lists show, but for what a person said to be no usable face. */
export const facesToCluster = (faces: FaceIndex): Uint32Array => {
  const columns = faces.columns();
  return columns.ids
    .subarray(0, columns.count)
    .filter(
      (_, place) =>
        ((columns.flags[place] ?? 0) & FLAG.shown) !== 0 && !LEFT_OUT.has(stateAt(columns, place)),
    );
};

/** The identity whose name a face bears; -1 for none, or for one that a person rejected. */
export const nameOfFace = (columns: FaceColumns, place: number): number => {
  const identity = columns.identities[place] ?? 0;
  return identity === 0 || stateAt(columns, place) === 'rejected' ? -1 : identity;
};

/** Identities that were merged, or that others were merged into: whoever bears one was said to be that person. */
const mergedIdentities = (catalogue: Database, faces: FaceIndex): ReadonlySet<number> => {
  const people = faces.people();
  return new Set([...decisionsOf(catalogue, 'identity.merged').keys()].map((id) => people.canonical(id)));
};

/** Whom a person said a face to be: moved, split off, confirmed or merged; 0 for nobody in particular. */
const personAt = (columns: FaceColumns, place: number, merged: ReadonlySet<number>): number => {
  const identity = columns.identities[place] ?? 0;
  const state = stateAt(columns, place);
  if (state === 'rejected') return 0;
  const isDecided =
    state === 'confirmed' || (columns.decided[place] ?? UNDECIDED) !== UNDECIDED || merged.has(identity);
  return isDecided ? identity : 0;
};

/** A face that was rejected is apart from those that are its identity: from one of them, since they are together. */
const rejectedPairs = (columns: FaceColumns, places: Int32Array, people: Int32Array): readonly FacePair[] => {
  const firstOf = new Map<number, number>();
  people.forEach((person, face) => {
    if (person !== 0 && !firstOf.has(person)) firstOf.set(person, face);
  });
  const pairs: FacePair[] = [];
  places.forEach((place, face) => {
    if (stateAt(columns, place) !== 'rejected') return;
    const first = firstOf.get(columns.identities[place] ?? 0);
    if (first !== undefined) pairs.push([face, first]);
  });
  return pairs;
};

/**
 * What is known of faces: every decision that says who is one person and who is not, and which share a photo.
 * @param ids faces that the index knows, ascending
 */
export const knownOfFaces = (catalogue: Database, faces: FaceIndex, ids: Uint32Array): Constraints => {
  const columns = faces.columns();
  const places = Int32Array.from(ids, (id) => placeOf(columns, id));
  const merged = mergedIdentities(catalogue, faces);
  const people = places.map((place) => personAt(columns, place, merged));
  const faceOf = new Map<number, number>();
  ids.forEach((id, face) => faceOf.set(id, face));
  const together: FacePair[] = [];
  const apart: FacePair[] = [];
  for (const { pair, isSame } of decidedPairs(catalogue)) {
    const [a, b] = [faceOf.get(pair[0]), faceOf.get(pair[1])];
    if (a !== undefined && b !== undefined) (isSame ? together : apart).push([a, b]);
  }
  apart.push(...rejectedPairs(columns, places, people));
  return { people, together, apart, photos: places.map((place) => columns.photos[place] ?? 0) };
};
