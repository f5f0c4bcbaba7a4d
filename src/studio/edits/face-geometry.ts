import { readGeometry, readLandmarks, type FaceGeometry } from './geometry.ts';
import type { Decided } from './fields.ts';

/** Columns of `faces` that say where a detection found it. */
export type FoundGeometryRow = {
  readonly left_px: number;
  readonly top_px: number;
  readonly right_px: number;
  readonly bottom_px: number;
  readonly landmarks: Uint8Array;
};

/** Where a face is: where a person put it, or else where it was found. */
export const geometryOf = (row: FoundGeometryRow, decided: Decided): FaceGeometry =>
  decided instanceof Uint8Array
    ? readGeometry(decided)
    : {
        box: [row.left_px, row.top_px, row.right_px, row.bottom_px],
        landmarks: readLandmarks(row.landmarks),
        rotationDegrees: 0,
      };
