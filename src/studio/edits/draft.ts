import type { EditCommand } from '../../contract/workspace-edits.ts';
import type { FaceSelection } from '../../contract/workspace-faces.ts';
import type { Identities } from '../../core/dataset/identities.ts';
import type { Database } from '../catalogue/database.ts';
import { notFound } from '../failure.ts';
import { placeOf } from '../faces/columns.ts';
import type { FaceIndex } from '../faces/index.ts';
import type { Change } from './changes.ts';
import type { FacePair } from './pairs.ts';

/** What planning may ask for. Nothing is decided while it plans; rows that a decision will hang on may be made. */
export type PlanContext = {
  readonly catalogue: Database;
  readonly faces: FaceIndex;
  /** Gives the id of a name that no identity has. */
  readonly newIdentity: (name: string) => number;
  /** Gives the id of a face that a person draws. */
  readonly newFace: (face: DrawnFace) => number;
  /** Gives the id of a pair of faces of which nothing was said yet. */
  readonly newPair: (pair: FacePair) => number;
};

/** A face that a person draws into a photo. */
export type DrawnFace = Pick<
  Extract<EditCommand, { readonly kind: 'add-face' }>,
  'photo' | 'box' | 'landmarks'
>;

/** How many faces and identities an edit concerns. */
export type Counts = { readonly faces: number; readonly identities: number };

/** What a command decides, before it is known whom that concerns. */
export type Draft = {
  readonly changes: readonly Change[];
  readonly label: (effect: Counts) => string;
  /** The faces that it concerns, ascending; those that the changes name when left out. */
  readonly faces?: readonly number[];
};

/** `1 face`, `12,403 faces`. */
export const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
/** A count of faces. */
export const facesWord = (count: number): string => counted(count, 'face', 'faces');

/** @throws NOT_FOUND for a face that is not there */
export const assertFace = ({ faces }: PlanContext, face: number): void => {
  if (placeOf(faces.columns(), face) < 0) throw notFound(`There is no face ${String(face)}.`);
};

/** The faces of a selection, ascending. @throws NOT_FOUND */
export const selected = (context: PlanContext, selection: FaceSelection): readonly number[] => {
  if ('faces' in selection) {
    for (const face of selection.faces) assertFace(context, face);
    return [...new Set(selection.faces)].sort((a, b) => a - b);
  }
  const except = new Set(selection.except);
  return context.faces.select(selection.filter).filter((face) => !except.has(face));
};

/** The identity that a face bears; 0 for none. */
export const identityOf = ({ faces }: PlanContext, face: number): number =>
  faces.columns().identities[placeOf(faces.columns(), face)] ?? 0;

/** @throws NOT_FOUND for an identity that is not there */
export const assertIdentity = (people: Identities, id: number): void => {
  if (people.rootsOf(id).length === 0) throw notFound(`There is no identity ${String(id)}.`);
};
