import { FACE_STATES } from '../edits/fields.ts';
import { FLAG, type FaceColumns } from './columns.ts';

/** How many faces in the library have each state, and each identity; 0 stands for none. */
export type FaceCounts = {
  readonly states: ReadonlyMap<string, number>;
  readonly identities: ReadonlyMap<number, number>;
};

/** Counts the faces that lists show. */
export const countFaces = (columns: FaceColumns): FaceCounts => {
  const states = FACE_STATES.map(() => 0);
  const identities = new Map<number, number>();
  const { count, flags, states: codes, identities: ids } = columns;
  for (let place = 0; place < count; place += 1) {
    if (((flags[place] ?? 0) & FLAG.shown) === 0) continue;
    const code = codes[place] ?? 0;
    states[code] = (states[code] ?? 0) + 1;
    const id = ids[place] ?? 0;
    identities.set(id, (identities.get(id) ?? 0) + 1);
  }
  return { states: new Map(FACE_STATES.map((name, code) => [name, states[code] ?? 0])), identities };
};
