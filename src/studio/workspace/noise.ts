import type { NoiseReport } from '../../contract/workspace-noise.ts';
import { estimateShare, sampleSize } from '../../core/cleaning/noise-estimate.ts';
import { createRandom, draw } from '../../core/cleaning/random.ts';
import { decisionReader } from '../edits/decisions.ts';
import { FACE_STATES, FIELDS, type FaceState } from '../edits/fields.ts';
import { shownPath } from '../scan/names.ts';
import type { Workspace } from './open.ts';

/** Enough to tell a share of about a tenth to within three hundredths. */
const EXPECTED = { expected: 0.1, halfWidth: 0.03 };

/** What says that the face is not the person that its file is named for. */
const WRONG_STATES: ReadonlySet<FaceState> = new Set(['rejected', 'not-a-face']);

/** Faces that their photo is about, where its file was named for somebody, whatever was decided since. */
const LABELLED = `
  FROM photos JOIN files ON files.id = photos.main_file_id
  JOIN decisions AS kept ON kept.field = ${String(FIELDS['source.kept'])} AND kept.subject = files.source_id
  WHERE photos.chosen_face_id IS NOT NULL AND files.identity_id IS NOT NULL`;

type Labelled = { readonly face: number; readonly identity: number; readonly path: Uint8Array };

/** Draws a random sample of labels and counts what was decided of it so far; nothing is kept but the seed. */
export const noiseOf = (
  workspace: Workspace,
  { size, seed, limit }: { readonly size: number | null; readonly seed: number; readonly limit: number },
): NoiseReport => {
  const { catalogue } = workspace;
  const labelled = Int32Array.from(
    catalogue
      .arrays<readonly [number]>(`SELECT chosen_face_id ${LABELLED} ORDER BY chosen_face_id`)
      .map(([face]) => face),
  );
  const wanted = size ?? sampleSize(labelled.length, EXPECTED);
  const sample = draw(labelled, wanted, createRandom(seed));
  const stateOf = decisionReader(catalogue, 'face.state', sample.length);
  const decidedIdentityOf = decisionReader(catalogue, 'face.identity', sample.length);
  const people = workspace.faces().people();
  const waiting: NoiseReport['waiting'] = [];
  let reviewed = 0;
  let wrong = 0;
  for (const id of sample) {
    const face = catalogue.get<Labelled>(
      `SELECT chosen_face_id AS face, files.identity_id AS identity, files.path ${LABELLED} AND chosen_face_id = ?`,
      id,
    );
    if (face === null) continue;
    const state = FACE_STATES[Number(stateOf(id) ?? 0)] ?? 'unreviewed';
    const decided = decidedIdentityOf(id);
    const isMoved = decided !== null && decided !== face.identity;
    if (isMoved || WRONG_STATES.has(state)) wrong += 1;
    if (isMoved || WRONG_STATES.has(state) || state === 'confirmed') reviewed += 1;
    else if (state === 'unreviewed' && waiting.length < limit)
      waiting.push({ face: id, file: shownPath(face.path), identity: people.nameOf(face.identity) });
  }
  return {
    labelled: labelled.length,
    sample: [...sample],
    reviewed,
    wrong,
    share: reviewed === 0 ? null : estimateShare(wrong, reviewed),
    waiting,
  };
};
