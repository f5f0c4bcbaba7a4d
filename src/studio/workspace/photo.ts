import * as z from 'zod';
import { Conversion } from '../../contract/faces.ts';
import type { PhotoFace, WorkspacePhoto } from '../../contract/workspace-photo.ts';
import type { SqlValue } from '../catalogue/database.ts';
import { decisionReader } from '../edits/decisions.ts';
import { readGeometry } from '../edits/geometry.ts';
import { notFound } from '../failure.ts';
import { FLAG, placeOf } from '../faces/columns.ts';
import { staleCropsOfPhoto } from '../ingest/stale.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import { shownPath } from '../scan/names.ts';
import { readLedger } from './ledger.ts';
import type { Workspace } from './open.ts';
import { alignSettings } from './properties.ts';
import { summariesOf } from './summaries.ts';

type PhotoRow = {
  readonly sha256: Uint8Array;
  readonly width_px: number | null;
  readonly height_px: number | null;
  readonly conversions: string;
  readonly file_id: number;
  readonly source_id: number;
  readonly path: Uint8Array;
  readonly size_bytes: number;
};

const PHOTO = `
  SELECT sha256, width_px, height_px, conversions, files.id AS file_id, source_id, path, size_bytes
  FROM photos JOIN files ON files.id = photos.main_file_id WHERE photos.id = ?`;

type FaceRow = {
  readonly id: number;
  readonly is_found: number;
  readonly crop_file: string | null;
  readonly crop_sha256: SqlValue;
};

const VERSION_DIGITS = 12;
const versionOf = (hash: SqlValue): string =>
  hash instanceof Uint8Array ? Buffer.from(hash).toString('hex').slice(0, VERSION_DIGITS) : '';

/** The faces of a photo, those that a person took away among them, in the order of their ids. */
const facesOf = (workspace: Workspace, photo: number): readonly PhotoFace[] => {
  const { catalogue } = workspace;
  const index = workspace.faces();
  const rows = catalogue.all<FaceRow>(
    'SELECT id, is_found, crop_file, crop_sha256 FROM faces WHERE photo_id = ? ORDER BY id',
    photo,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const stale = new Set(staleCropsOfPhoto(catalogue, photo));
  const geometry = decisionReader(catalogue, 'face.geometry', rows.length);
  const presence = decisionReader(catalogue, 'face.presence', rows.length);
  const summaries = summariesOf(
    catalogue,
    index,
    rows.map(({ id }) => id),
  );
  return summaries.flatMap((summary): PhotoFace[] => {
    const row = byId.get(summary.id);
    const flags = index.columns().flags[placeOf(index.columns(), summary.id)] ?? 0;
    const isShown = (flags & FLAG.shown) !== 0;
    // What neither detection nor person speaks for is an old finding of other settings, or a drawn face whose step was taken back.
    if (row === undefined || (!isShown && presence(summary.id) === null)) return [];
    const decided = geometry(summary.id);
    return [
      {
        ...summary,
        rotationDegrees: decided instanceof Uint8Array ? readGeometry(decided).rotationDegrees : 0,
        isFound: row.is_found === 1,
        isShown,
        awaitsCrop: stale.has(summary.id),
        cropVersion: row.crop_file === null ? null : versionOf(row.crop_sha256),
      },
    ];
  });
};

/** An original with all its faces, as an editor shows it. @throws NOT_FOUND when no file of the workspace has this photo */
export const readPhoto = (workspace: Workspace, photo: number): WorkspacePhoto => {
  const { catalogue } = workspace;
  const row = catalogue.get<PhotoRow>(PHOTO, photo);
  if (row === null) throw notFound('That photo is not in the workspace any more.');
  const settings = alignSettings(catalogue);
  const [entry] = readLedger(catalogue, workspace.faces(), workKeyOf(settings), {
    statuses: null,
    after: row.file_id - 1,
    limit: 1,
  });
  if (entry === undefined) throw notFound('That photo is not in the workspace any more.');
  return {
    id: photo,
    source: row.source_id,
    file: shownPath(row.path),
    fileBytes: row.size_bytes,
    status: entry.status,
    reason: entry.reason,
    widthPx: row.width_px,
    heightPx: row.height_px,
    conversions: z.array(Conversion).parse(JSON.parse(row.conversions)),
    faces: [...facesOf(workspace, photo)],
    settings,
    version: versionOf(row.sha256),
  };
};
