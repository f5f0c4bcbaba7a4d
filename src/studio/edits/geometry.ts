import type { Box, Landmarks } from '../../contract/faces.ts';

/** Where a face is: what the catalogue holds of a detection, or what a person drew. */
export type FaceGeometry = {
  /** In pixels of the upright photo. */
  readonly box: Box;
  readonly landmarks: Landmarks;
  /** By how much a person turned the crop, clockwise. */
  readonly rotationDegrees: number;
};

const BYTES = 8;
const BOX_NUMBERS = 4;
const LANDMARK_NUMBERS = 10;
const NUMBERS = BOX_NUMBERS + LANDMARK_NUMBERS + 1;

const pack = (numbers: readonly number[]): Uint8Array => {
  const bytes = Buffer.alloc(numbers.length * BYTES);
  numbers.forEach((value, place) => bytes.writeDoubleLE(value, place * BYTES));
  return new Uint8Array(bytes);
};
const reader = (bytes: Uint8Array, numbers: number): ((place: number) => number) => {
  if (bytes.length !== numbers * BYTES)
    throw new RangeError(`${String(numbers)} numbers expected, ${String(bytes.length)} bytes found.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (place) => view.getFloat64(place * BYTES, true);
};
const landmarksAt = (at: (place: number) => number, from: number): Landmarks => [
  [at(from), at(from + 1)],
  [at(from + 2), at(from + 3)],
  [at(from + 4), at(from + 5)],
  [at(from + 6), at(from + 7)],
  [at(from + 8), at(from + 9)],
];

/** Ten numbers of 64 bits, little-endian. */
export const packLandmarks = (landmarks: Landmarks): Uint8Array => pack(landmarks.flat());

/** @throws RangeError for a wrong number of bytes */
export const readLandmarks = (bytes: Uint8Array): Landmarks =>
  landmarksAt(reader(bytes, LANDMARK_NUMBERS), 0);

/** Fifteen numbers of 64 bits, little-endian: box, landmarks, rotation. */
export const packGeometry = ({ box, landmarks, rotationDegrees }: FaceGeometry): Uint8Array =>
  pack([...box, ...landmarks.flat(), rotationDegrees]);

/** @throws RangeError for a wrong number of bytes */
export const readGeometry = (bytes: Uint8Array): FaceGeometry => {
  const at = reader(bytes, NUMBERS);
  return {
    box: [at(0), at(1), at(2), at(3)],
    landmarks: landmarksAt(at, BOX_NUMBERS),
    rotationDegrees: at(NUMBERS - 1),
  };
};
