import { FaceState } from '../../contract/workspace-faces.ts';
import type { FaceTile } from '../../contract/workspace-facets.ts';
import type { Database } from '../catalogue/database.ts';
import { FACE_STATES } from '../edits/fields.ts';
import { FLAG, placeOf } from '../faces/columns.ts';
import type { FaceIndex } from '../faces/index.ts';

const VERSION_BYTES = 6;

/** A part of the crop's hash: another picture has another one. */
const versionOf = (catalogue: Database, face: number): string | null => {
  const hash = catalogue.get<{ readonly crop_sha256: Uint8Array | null }>(
    'SELECT crop_sha256 FROM faces WHERE id = ?',
    face,
  )?.crop_sha256;
  return hash instanceof Uint8Array ? Buffer.from(hash.subarray(0, VERSION_BYTES)).toString('hex') : null;
};

const STATES: readonly FaceState[] = FACE_STATES.map((state) => FaceState.parse(state));

/** What a grid shows of faces, in the order of the ids given; ids that no face has are left out. */
export const tilesOf = (catalogue: Database, faces: FaceIndex, ids: readonly number[]): FaceTile[] => {
  const columns = faces.columns();
  const people = faces.people();
  return ids.flatMap((id): FaceTile[] => {
    const place = placeOf(columns, id);
    if (place < 0) return [];
    const flags = columns.flags[place] ?? 0;
    const identity = columns.identities[place] ?? 0;
    return [
      {
        id,
        photo: columns.photos[place] ?? 0,
        identity: identity === 0 ? null : { id: identity, name: people.nameOf(identity) },
        state: STATES[columns.states[place] ?? 0] ?? 'unreviewed',
        isChosen: (flags & FLAG.chosen) !== 0,
        isEdited: (flags & FLAG.edited) !== 0,
        isStale: (flags & FLAG.stale) !== 0,
        score: columns.scores[place] ?? 0,
        version: versionOf(catalogue, id),
      },
    ];
  });
};
