import { FaceState, type FaceSummary } from '../../contract/workspace-faces.ts';
import type { Identities } from '../../core/dataset/identities.ts';
import type { Database, SqlValue } from '../catalogue/database.ts';
import { decisionReader } from '../edits/decisions.ts';
import { FACE_STATES, type Decided } from '../edits/fields.ts';
import { readGeometry, readLandmarks } from '../edits/geometry.ts';
import { FLAG, placeOf, type FaceColumns } from '../faces/columns.ts';
import type { FaceIndex } from '../faces/index.ts';
import { cropKeyOf, workKeyOf } from '../ingest/work-key.ts';
import { shownPath } from '../scan/names.ts';
import { alignSettings } from './properties.ts';

type FaceRow = {
  readonly id: number;
  readonly photo_id: number;
  readonly path: Uint8Array | null;
  readonly left_px: number;
  readonly top_px: number;
  readonly right_px: number;
  readonly bottom_px: number;
  readonly landmarks: Uint8Array;
  readonly crop_key: Uint8Array | null;
  readonly crop_file: string | null;
};

const SELECT = `
  SELECT faces.id, faces.photo_id, files.path, left_px, top_px, right_px, bottom_px, landmarks, crop_key, crop_file
  FROM faces JOIN photos ON photos.id = faces.photo_id LEFT JOIN files ON files.id = photos.main_file_id WHERE faces.id = ?`;

const measured = (value: SqlValue | undefined): number | null =>
  typeof value === 'number' && !Number.isNaN(value) ? value : null;

type Place = { readonly columns: FaceColumns; readonly place: number };

const measuresOf = ({ columns, place }: Place) => ({
  score: columns.scores[place] ?? 0,
  sizePx: columns.sizes[place] ?? 0,
  sharpness: measured(columns.sharpness[place]),
  exposure: measured(columns.exposures[place]),
  yawDegrees: columns.yaws[place] ?? 0,
  pitchDegrees: columns.pitches[place] ?? 0,
  rollDegrees: columns.rolls[place] ?? 0,
});

const judgementOf = ({ columns, place }: Place, people: Identities) => {
  const flags = columns.flags[place] ?? 0;
  const identity = columns.identities[place] ?? 0;
  return {
    identity: identity === 0 ? null : { id: identity, name: people.nameOf(identity) },
    state: FaceState.parse(FACE_STATES[columns.states[place] ?? 0]),
    isChosen: (flags & FLAG.chosen) !== 0,
    isEdited: (flags & FLAG.edited) !== 0,
  };
};

const geometryOf = (row: FaceRow, decided: Decided): Pick<FaceSummary, 'box' | 'landmarks'> => {
  if (decided instanceof Uint8Array) {
    const { box, landmarks } = readGeometry(decided);
    return { box, landmarks };
  }
  return {
    box: [row.left_px, row.top_px, row.right_px, row.bottom_px],
    landmarks: readLandmarks(row.landmarks),
  };
};

const isStale = ({ crop_file, crop_key }: FaceRow, wanted: Uint8Array): boolean =>
  crop_file !== null && (crop_key === null || Buffer.compare(crop_key, wanted) !== 0);

/** What lists show of faces, in the order of the ids given. */
export const summariesOf = (
  catalogue: Database,
  faces: FaceIndex,
  ids: readonly number[],
): readonly FaceSummary[] => {
  const columns = faces.columns();
  const people = faces.people();
  const geometry = decisionReader(catalogue, 'face.geometry', ids.length);
  const workKey = workKeyOf(alignSettings(catalogue));
  return ids.flatMap((id): FaceSummary[] => {
    const place = placeOf(columns, id);
    const row = catalogue.get<FaceRow>(SELECT, id);
    if (place < 0 || row === null) return [];
    const decided = geometry(id);
    const key = cropKeyOf(workKey, decided instanceof Uint8Array ? decided : null);
    return [
      {
        id,
        photo: row.photo_id,
        file: row.path === null ? '' : shownPath(row.path),
        ...judgementOf({ columns, place }, people),
        ...measuresOf({ columns, place }),
        ...geometryOf(row, decided),
        isStale: isStale(row, key),
        crop: row.crop_file,
      },
    ];
  });
};
