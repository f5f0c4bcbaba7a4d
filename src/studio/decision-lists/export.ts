import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Box, Landmarks } from '../../contract/faces.ts';
import type { DecisionListSize } from '../../contract/workspace-decisions.ts';
import { makeOutputFolder } from '../align/folders.ts';
import { programVersion } from '../align/manifest.ts';
import type { Database } from '../catalogue/database.ts';
import { decisionsOf } from '../edits/decisions.ts';
import { FACE_STATES } from '../edits/fields.ts';
import { decidedPairs } from '../edits/pairs.ts';
import { readGeometry, readLandmarks } from '../edits/geometry.ts';
import { unusable, writeFailure } from '../failure.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { realPathOf } from '../files/paths.ts';
import { assertOutsideSources } from '../workspace/sources.ts';
import type { Workspace } from '../workspace/open.ts';
import { createWho } from './who.ts';
import {
  decisionsIn,
  LIST_FORMAT,
  LIST_VERSION,
  type FaceLine,
  type ListLine,
  type PairLine,
} from './format.ts';

type FaceRow = {
  readonly id: number;
  readonly photo_id: number;
  readonly sha256: Uint8Array;
  readonly is_found: number;
  readonly left_px: number;
  readonly top_px: number;
  readonly right_px: number;
  readonly bottom_px: number;
  readonly landmarks: Uint8Array;
};

const FACES = `SELECT faces.id, faces.photo_id, photos.sha256, is_found, left_px, top_px, right_px, bottom_px, landmarks
  FROM faces JOIN photos ON photos.id = faces.photo_id
  ORDER BY photos.sha256, faces.id`;

/** Rows one at a time, as objects: half a million of them are never in memory together. */
function* faceRows(catalogue: Database): Generator<FaceRow> {
  type Values = readonly [number, number, Uint8Array, number, number, number, number, number, Uint8Array];
  for (const row of catalogue.rows<Values>(FACES)) {
    const [id, photo_id, sha256, is_found, left_px, top_px, right_px, bottom_px, landmarks] = row;
    yield { id, photo_id, sha256, is_found, left_px, top_px, right_px, bottom_px, landmarks };
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

type Reader = (face: FaceRow) => Partial<Omit<FaceLine, 'photo' | 'box' | 'drawn'>>;

/** Reads what was decided of a face; renames and merges count as decisions of every face that they concern. */
const createReader = (workspace: Workspace): Reader => {
  const { catalogue } = workspace;
  const whoIs = createWho(catalogue, workspace.faces());
  const states = decisionsOf(catalogue, 'face.state');
  const identities = decisionsOf(catalogue, 'face.identity');
  const presences = decisionsOf(catalogue, 'face.presence');
  const geometries = decisionsOf(catalogue, 'face.geometry');
  const chosen = decisionsOf(catalogue, 'photo.chosen');
  return (face) => {
    const state = states.get(face.id);
    const named = typeof state === 'number' ? FACE_STATES[state] : undefined;
    const who = whoIs(face.id, identities.get(face.id) ?? null);
    const presence = presences.get(face.id);
    const geometry = geometries.get(face.id);
    return {
      ...(named === undefined || named === 'unreviewed' ? {} : { state: named }),
      ...(who.isDecided ? { identity: who.name } : {}),
      ...(presence === undefined ? {} : { isThere: presence === 1 }),
      ...(geometry instanceof Uint8Array ? { geometry: readGeometry(geometry) } : {}),
      ...(chosen.get(face.photo_id) === face.id ? { isChosen: true as const } : {}),
    };
  };
};

const lineOf = (face: FaceRow, read: Reader): FaceLine | null => {
  const decided = read(face);
  if (Object.keys(decided).length === 0) return null;
  const box: Box = [face.left_px, face.top_px, face.right_px, face.bottom_px];
  const landmarks: Landmarks = readLandmarks(face.landmarks);
  return { photo: hex(face.sha256), box, ...(face.is_found === 1 ? {} : { drawn: landmarks }), ...decided };
};

/** Photos all of whose files were left out. */
const excludedPhotos = (catalogue: Database): ReadonlySet<string> =>
  new Set(
    catalogue
      .all<{ readonly sha256: Uint8Array }>(
        `SELECT photos.sha256 FROM photos JOIN files ON files.photo_id = photos.id
         LEFT JOIN decisions ON decisions.field = 6 AND decisions.subject = files.id
         GROUP BY photos.id HAVING count(*) = count(decisions.value) ORDER BY photos.sha256`,
      )
      .map(({ sha256 }) => hex(sha256)),
  );

const countNotPortable = (catalogue: Database, excluded: ReadonlySet<string>): number => {
  const rows = catalogue.all<{ readonly sha256: Uint8Array | null }>(
    `SELECT photos.sha256 FROM decisions JOIN files ON files.id = decisions.subject
     LEFT JOIN photos ON photos.id = files.photo_id WHERE decisions.field = 6`,
  );
  return rows.filter(({ sha256 }) => sha256 === null || !excluded.has(hex(sha256))).length;
};

const linesOf = (workspace: Workspace, excluded: ReadonlySet<string>): readonly ListLine[] => {
  const read = createReader(workspace);
  const lines: ListLine[] = [...excluded].map((photo) => ({ photo, isExcluded: true }));
  for (const face of faceRows(workspace.catalogue)) {
    const line = lineOf(face, read);
    if (line !== null) lines.push(line);
  }
  return [...lines, ...pairLines(workspace.catalogue)];
};

type PlaceRow = Pick<FaceRow, 'sha256' | 'left_px' | 'top_px' | 'right_px' | 'bottom_px'>;

const PLACE = `SELECT photos.sha256, left_px, top_px, right_px, bottom_px FROM faces
  JOIN photos ON photos.id = faces.photo_id WHERE faces.id = ?`;

const placeOf = (catalogue: Database, face: number): PairLine['pair'][0] | null => {
  const row = catalogue.get<PlaceRow>(PLACE, face);
  if (row === null) return null;
  return { photo: hex(row.sha256), box: [row.left_px, row.top_px, row.right_px, row.bottom_px] };
};

/** What was said of pairs, in an order that other numbers of the faces would not change. */
const pairLines = (catalogue: Database): readonly PairLine[] =>
  decidedPairs(catalogue)
    .flatMap(({ pair: [a, b], isSame }): PairLine[] => {
      const [one, other] = [placeOf(catalogue, a), placeOf(catalogue, b)];
      if (one === null || other === null) return [];
      return [{ pair: JSON.stringify(one) < JSON.stringify(other) ? [one, other] : [other, one], isSame }];
    })
    .map((line) => ({ line, key: JSON.stringify(line) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ line }) => line);

const LINES_PER_WRITE = 1000;

function* textOf(lines: readonly ListLine[]): Generator<string> {
  const program = { name: 'facenet-studio', version: programVersion() };
  const version = lines.some((line) => 'pair' in line) ? LIST_VERSION : 1;
  yield `${JSON.stringify({ format: LIST_FORMAT, version, program, lines: lines.length })}\n`;
  for (let from = 0; from < lines.length; from += LINES_PER_WRITE)
    yield lines
      .slice(from, from + LINES_PER_WRITE)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
}

/**
 * Writes what a person decided in a workspace into a new file, whole or not at all. It holds no picture and no path.
 * @throws UNUSABLE for a file that is there or lies in a source, FAILED when it cannot be written
 */
export const exportDecisions = async (workspace: Workspace, given: string): Promise<DecisionListSize> => {
  const { catalogue } = workspace;
  if (given.trim() === '') throw unusable('No file is named: name the file for the list.');
  const file = await realPathOf(given);
  assertOutsideSources(catalogue, file);
  if (existsSync(file)) throw unusable(`${file} is there already: choose another name for the list.`);
  const excluded = excludedPhotos(catalogue);
  const lines = linesOf(workspace, excluded);
  await makeOutputFolder(dirname(file));
  try {
    await writeTextDurably(file, textOf(lines));
  } catch (error) {
    throw writeFailure(error, dirname(file));
  }
  return {
    file,
    decisions: lines.reduce((sum, line) => sum + decisionsIn(line), 0),
    photos: new Set(
      lines.flatMap((line) => ('pair' in line ? line.pair.map(({ photo }) => photo) : [line.photo])),
    ).size,
    notPortable: countNotPortable(catalogue, excluded),
  };
};
