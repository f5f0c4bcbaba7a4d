import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FaceState } from '../../contract/workspace-faces.ts';
import { createNames } from '../../core/text/file-names.ts';
import type { Database } from '../catalogue/database.ts';
import { geometryOf, type FoundGeometryRow } from '../edits/face-geometry.ts';
import { decisionReader } from '../edits/decisions.ts';
import { FACE_STATES } from '../edits/fields.ts';
import type { FaceGeometry } from '../edits/geometry.ts';
import { placeOf } from '../faces/columns.ts';
import type { FaceIndex } from '../faces/index.ts';
import { cropKeyOf } from '../ingest/work-key.ts';
import { openablePath, shownPath } from '../scan/names.ts';

/** A face that is exported, and the name of its crop. */
export type Planned = {
  readonly face: number;
  readonly identity: string;
  readonly state: FaceState;
  /** Relative to the export's folder, with `/`. */
  readonly file: string;
};

export type ExportPlan = {
  readonly planned: readonly Planned[];
  /** Faces in the library. */
  readonly faces: number;
  readonly identities: number;
  /** Those that are not kept, by state, or `no-identity`. */
  readonly leftOut: Readonly<Record<string, number>>;
};

type Chosen = {
  readonly face: number;
  readonly state: FaceState;
  readonly path: string;
  readonly sha256: string;
};
type PathRow = { readonly id: number; readonly path: Uint8Array | null; readonly sha256: Uint8Array };

const PATHS = `SELECT faces.id, files.path, photos.sha256 FROM faces JOIN photos ON photos.id = faces.photo_id
  LEFT JOIN files ON files.id = photos.main_file_id WHERE faces.id BETWEEN ? AND ? ORDER BY faces.id`;
/** Rows that are read before others get a turn. */
const ROWS_AT_ONCE = 5000;

const stemOf = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Faces that are kept, by the identity that they bear after all corrections. */
const chooseFaces = async (catalogue: Database, index: FaceIndex, states: readonly FaceState[]) => {
  const columns = index.columns();
  const byIdentity = new Map<number, Chosen[]>();
  const leftOut: Record<string, number> = {};
  const faces = index.select({});
  const kept = new Map<number, { readonly identity: number; readonly state: FaceState }>();
  for (const face of faces) {
    const place = placeOf(columns, face);
    const state = FACE_STATES[columns.states[place] ?? 0] ?? 'unreviewed';
    const identity = columns.identities[place] ?? 0;
    const reason = !states.includes(state) ? state : identity === 0 ? 'no-identity' : null;
    if (reason === null) kept.set(face, { identity, state });
    else leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  }
  const last = faces.at(-1) ?? 0;
  for (let from = 1; from <= last; from += ROWS_AT_ONCE) {
    for (const { id: face, path, sha256 } of catalogue.all<PathRow>(PATHS, from, from + ROWS_AT_ONCE - 1)) {
      const known = kept.get(face);
      if (known === undefined) continue;
      const chosen = byIdentity.get(known.identity) ?? [];
      byIdentity.set(known.identity, chosen);
      const shown = shownPath(path ?? new Uint8Array());
      chosen.push({ face, state: known.state, path: shown, sha256: Buffer.from(sha256).toString('hex') });
    }
    await nextTurn();
  }
  return { byIdentity, leftOut, faces: faces.length };
};

/** Which faces are exported under which names; the same on every run. */
export const planExport = async (
  catalogue: Database,
  index: FaceIndex,
  states: readonly FaceState[],
): Promise<ExportPlan> => {
  const { byIdentity, leftOut, faces } = await chooseFaces(catalogue, index, states);
  const people = index.people();
  const folders = createNames();
  const identities = [...byIdentity]
    .map(([id, chosen]) => ({ name: people.nameOf(id), chosen }))
    .sort((a, b) => compare(a.name, b.name));
  const planned: Planned[] = [];
  for (const { name, chosen } of identities) {
    const folder = folders.give(name, name);
    const stems = createNames();
    chosen.sort((a, b) => compare(a.path, b.path) || a.face - b.face);
    for (const [place, { face, state, path, sha256 }] of chosen.entries()) {
      const stem = stems.give(stemOf(path), `${sha256} ${String(place)}`);
      planned.push({ face, identity: name, state, file: `${folder}/${stem}.png` });
    }
    await nextTurn();
  }
  return { planned, faces, identities: byIdentity.size, leftOut };
};

/** What is needed to copy a face's crop or to cut it out anew. */
export type ExportFace = Planned & {
  /** Of the photo's main file, relative to its source, as people read it. */
  readonly photo: string;
  readonly photoSha256: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Absolute path of the original; null where no string can open it. */
  readonly original: string | null;
  readonly geometry: FaceGeometry;
  /** The crop in the workspace, where it is the one that settings and decisions ask for. */
  readonly crop: { readonly file: string; readonly sha256: Uint8Array } | null;
};

type FaceRow = FoundGeometryRow & {
  readonly sha256: Uint8Array;
  readonly width_px: number | null;
  readonly height_px: number | null;
  readonly folder: Uint8Array;
  readonly path: Uint8Array;
  readonly crop_key: Uint8Array | null;
  readonly crop_file: string | null;
  readonly crop_sha256: Uint8Array | null;
};

const FACE = `SELECT photos.sha256, photos.width_px, photos.height_px, sources.folder, files.path, faces.*
  FROM faces JOIN photos ON photos.id = faces.photo_id JOIN files ON files.id = photos.main_file_id
  JOIN sources ON sources.id = files.source_id WHERE faces.id = ?`;

/** Reads planned faces. One whose photo went away meanwhile is left out. */
export const readExportFaces = (
  catalogue: Database,
  workKey: Uint8Array,
  planned: readonly Planned[],
): readonly ExportFace[] => {
  const decided = decisionReader(catalogue, 'face.geometry', planned.length);
  return planned.flatMap((each): ExportFace[] => {
    const row = catalogue.get<FaceRow>(FACE, each.face);
    if (row === null) return [];
    const drawn = decided(each.face);
    const wanted = cropKeyOf(workKey, drawn instanceof Uint8Array ? drawn : null);
    const isFresh = row.crop_key !== null && Buffer.compare(row.crop_key, wanted) === 0;
    return [
      {
        ...each,
        photo: shownPath(row.path),
        photoSha256: Buffer.from(row.sha256).toString('hex'),
        widthPx: row.width_px ?? 0,
        heightPx: row.height_px ?? 0,
        original: openablePath(Buffer.concat([row.folder, Buffer.from('/'), row.path])),
        geometry: geometryOf(row, drawn),
        crop:
          isFresh && row.crop_file !== null && row.crop_sha256 !== null
            ? { file: row.crop_file, sha256: row.crop_sha256 }
            : null,
      },
    ];
  });
};
