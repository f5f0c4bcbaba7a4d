import type { FaceOutcome } from '../../contract/engine.ts';
import type { Face, Landmarks } from '../../contract/faces.ts';
import type { Proposal, RetrySettings } from '../../contract/workspace-photo.ts';
import { SETTING_LIMITS } from '../../core/align/limits.ts';
import { boundedScale, toPhoto, viewGeometry, type ViewGeometry } from '../../core/images/view.ts';
import { AUTO_ENGINE } from '../engine/connection.ts';
import { createGate } from '../engine/gate.ts';
import type { EngineHost } from '../engine/host.ts';
import { runTasks } from '../engine/run-tasks.ts';
import { failed, notFound } from '../failure.ts';
import { openablePath } from '../scan/names.ts';
import type { Workspace } from '../workspace/open.ts';
import { readPhoto } from '../workspace/photo.ts';
import { alignSettings } from '../workspace/properties.ts';
import { matchFaces } from './match-faces.ts';

/** An enlarged view is decoded, turned and searched in a few seconds at most. */
const MOST_VIEW_PIXELS = 16e6;

const fileOf = ({ catalogue }: Workspace, photo: number): string => {
  type Row = { readonly folder: Uint8Array; readonly path: Uint8Array };
  const row = catalogue.get<Row>(
    `SELECT folder, path FROM photos JOIN files ON files.id = photos.main_file_id JOIN sources ON sources.id = files.source_id
     WHERE photos.id = ?`,
    photo,
  );
  const file = row === null ? null : openablePath(Buffer.concat([row.folder, Buffer.from('/'), row.path]));
  if (file === null) throw notFound('That photo cannot be opened.');
  return file;
};

/** A face found in a view, in pixels of the photo: a box there that is turned back about its middle. */
const proposalOf = (
  { box, landmarks, score }: Face,
  view: ViewGeometry,
  settings: RetrySettings,
): Omit<Proposal, 'known'> => {
  const [left, top, right, bottom] = box;
  const scale = 1 / Math.hypot(view.matrix[0], view.matrix[1]);
  const [x, y] = toPhoto(view, [(left + right) / 2, (top + bottom) / 2]);
  const [halfWidth, halfHeight] = [(right - left) / 2 / scale, (bottom - top) / 2 / scale];
  const point = ([px, py]: readonly [number, number]): [number, number] => [...toPhoto(view, [px, py])];
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
  const moved: Landmarks = [
    point(leftEye),
    point(rightEye),
    point(nose),
    point(leftMouth),
    point(rightMouth),
  ];
  return {
    box: [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight],
    landmarks: moved,
    // Zero must not become minus zero, which is another number to the catalogue.
    rotationDegrees: settings.rotationDegrees === 0 ? 0 : -settings.rotationDegrees,
    score,
  };
};

/**
 * Looks for the faces of a photo again with other settings, in a turned or enlarged view of it. Changes nothing.
 * @throws NOT_FOUND for a photo that is not there, FAILED for one that cannot be read
 */
export const retryPhoto = async (
  host: EngineHost,
  workspace: Workspace,
  request: { readonly photo: number; readonly settings: RetrySettings },
  signal: AbortSignal = new AbortController().signal,
): Promise<{ readonly proposals: Proposal[]; readonly scale: number }> => {
  const { photo, settings } = request;
  const { widthPx, heightPx, faces } = readPhoto(workspace, photo);
  const file = fileOf(workspace, photo);
  if (widthPx === null || heightPx === null) throw failed('That photo could not be read.');
  const size = { widthPx, heightPx };
  const { rotationDegrees } = settings;
  const scale = boundedScale(size, settings, MOST_VIEW_PIXELS);
  const { mode, scaleFactor } = alignSettings(workspace.catalogue).detect;
  const detect = {
    mode,
    scaleFactor,
    thresholds: settings.thresholds,
    minFaceSizePx: Math.max(SETTING_LIMITS.minFaceSizePx.least, settings.minFaceSizePx * scale),
  };
  const lease = await host.acquire(AUTO_ENGINE, signal);
  const outcomes: FaceOutcome[] = [];
  try {
    const run = { engine: lease, gate: createGate(), detect, crop: null, outputFolder: null, signal };
    const view = { rotationDegrees, scale };
    await runTasks(run, [{ id: 0, file, output: null, known: null, view }], (_, outcome) => {
      outcomes.push(outcome);
    });
  } finally {
    lease.release();
  }
  const [outcome] = outcomes;
  if (outcome?.kind === 'failed') throw failed(outcome.message);
  if (outcome?.kind !== 'faces')
    throw new Error('The engine gave no faces of a photo that it was to look at.');
  const geometry = viewGeometry(size, { rotationDegrees, scale });
  const found = outcome.faces.map((face) => proposalOf(face, geometry, settings));
  const known = matchFaces(
    found.map(({ box }) => box),
    faces,
  );
  return { proposals: found.map((proposal, place) => ({ ...proposal, known: known[place] ?? null })), scale };
};
