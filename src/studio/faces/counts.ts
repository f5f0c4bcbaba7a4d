import { FACE_STATES } from '../edits/fields.ts';
import { FLAG, type FaceColumns } from './columns.ts';

/** How many faces in the library have each state, and each identity; 0 stands for none. */
export type FaceCounts = {
  readonly states: ReadonlyMap<string, number>;
  readonly identities: ReadonlyMap<number, number>;
};

/** Counts the faces that lists show. @param mostIdentity the highest id that a face can have */
export const countFaces = (columns: FaceColumns, mostIdentity: number): FaceCounts => {
  const byState = new Uint32Array(FACE_STATES.length);
  const byIdentity = new Uint32Array(mostIdentity + 1);
  const { count, flags, states, identities } = columns;
  for (let place = 0; place < count; place += 1) {
    if (((flags[place] ?? 0) & FLAG.shown) === 0) continue;
    const state = states[place] ?? 0;
    const identity = identities[place] ?? 0;
    byState[state] = (byState[state] ?? 0) + 1;
    byIdentity[identity] = (byIdentity[identity] ?? 0) + 1;
  }
  return {
    states: new Map(FACE_STATES.map((name, code) => [name, byState[code] ?? 0])),
    identities: new Map([...byIdentity.entries()].filter(([, faces]) => faces > 0)),
  };
};
