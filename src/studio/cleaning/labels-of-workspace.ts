import type { FaceState } from '../edits/fields.ts';
import { FACE_STATES } from '../edits/fields.ts';
import { placeOf } from '../faces/columns.ts';
import type { Present } from '../clustering/desk.ts';
import { shownFiles } from '../clustering/shown-files.ts';
import type { Workspace } from '../workspace/open.ts';
import type { Names } from './names.ts';
import type { Labels } from './rank.ts';

/** Faces of the dataset: nobody said that they do not belong. */
const KEPT: ReadonlySet<FaceState> = new Set(['unreviewed', 'confirmed']);

/** The labels of a workspace's faces as they are now, by places, with the identities that their numbers stand for. */
export type WorkspaceLabels = {
  readonly labels: Labels;
  /** [identityCount] ids. */
  readonly identities: readonly number[];
};

/** What is known of the labels of the faces at hand. */
export const labelsOfWorkspace = (
  { faces }: Pick<Workspace, 'faces'>,
  { ids, takesPart: hasVector }: Pick<Present, 'ids' | 'takesPart'>,
): WorkspaceLabels => {
  const columns = faces().columns();
  const count = ids.length;
  const numbers = new Map<number, number>();
  const numberOf = (identity: number): number => {
    const number = numbers.get(identity) ?? numbers.size;
    numbers.set(identity, number);
    return number;
  };
  const labels = {
    identityOf: new Int32Array(count).fill(-1),
    takesPart: new Uint8Array(count),
    settled: new Uint8Array(count),
    sourceOf: new Int32Array(count),
    contentOf: Array.from({ length: count }, () => null),
  };
  ids.forEach((id, place) => {
    if (hasVector[place] !== 1) return;
    const at = placeOf(columns, id);
    const state = FACE_STATES[columns.states[at] ?? 0];
    if (state === undefined || !KEPT.has(state)) return;
    labels.takesPart[place] = 1;
    labels.settled[place] = state === 'confirmed' ? 1 : 0;
    labels.sourceOf[place] = columns.sources[at] ?? 0;
    const identity = columns.identities[at] ?? 0;
    if (identity !== 0) labels.identityOf[place] = numberOf(identity);
  });
  return { labels: { ...labels, identityCount: numbers.size }, identities: [...numbers.keys()] };
};

/** The names of a workspace's faces: paths of their photos, and ids. */
export const namesOfWorkspace = (
  { catalogue, faces }: Pick<Workspace, 'catalogue' | 'faces'>,
  ids: Uint32Array,
  identities: readonly number[],
): Names => {
  const file = shownFiles(catalogue);
  const people = faces().people();
  return {
    file: (place) => file(ids[place] ?? 0),
    face: (place) => ids[place],
    identity: (number) => {
      const identity = identities[number];
      return identity === undefined ? '' : people.nameOf(identity);
    },
  };
};
