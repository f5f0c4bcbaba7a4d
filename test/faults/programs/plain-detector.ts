import type { Detector, Found } from '../../../src/engine/faces/detect.ts';
import { createScheduler } from '../../../src/engine/pipeline/batches.ts';

type Face = Found['faces'][number];

const FACE_PX = 24;

const faceAt = (left: number): Face => ({
  box: [left, 4, left + FACE_PX, 4 + FACE_PX],
  score: 0.9,
  landmarks: [
    [left + 7, 12],
    [left + 17, 12],
    [left + 12, 17],
    [left + 8, 22],
    [left + 16, 22],
  ],
});

/** Finds a face for each 32 pixels of a photo's width and none in narrower ones: the engine's detector without its networks. */
export const plainDetector = (): Detector => ({
  scheduler: createScheduler([]),
  addStage: () => () => undefined,
  seconds: { pnet: 0, rnet: 0, onet: 0, boxes: 0 },
  async detect({ widthPx }) {
    const faces = Array.from({ length: Math.floor(widthPx / 32) }, (_, index) => faceAt(2 + 32 * index));
    return { faces, chosen: faces.length > 0 ? 0 : null };
  },
});
