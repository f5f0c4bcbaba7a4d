import type { Point } from '../geometry/box.ts';

/** How a head is turned, in degrees; 0 in all three is a face that looks into the camera. Rough: five points tell no more. */
export type Pose = {
  /** To the viewer's right is positive. */
  readonly yawDegrees: number;
  /** Up is positive. */
  readonly pitchDegrees: number;
  /** Clockwise for the viewer is positive. */
  readonly rollDegrees: number;
};

/** Height of the nose tip over the plane of eyes and mouth, as a share of the distance of the eyes: 130 of 315 in the head model of OpenCV's pose samples. */
const NOSE_DEPTH = 0.41;
/** Distance from eyes to mouth as a share of the distance of the eyes, and where the nose lies on the way: from the mean face of docs/pipeline.md § 3. */
const FACE_LENGTH = 1.15;
const NOSE_PLACE = 0.495;

const DEGREES = 180 / Math.PI;
const LEVEL: Pose = { yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0 };

const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

/**
 * The pose that five landmarks (left eye, right eye, nose, corners of the mouth, as the viewer sees them) speak for, seen from far away:
 * the nose tip stands out of the plane of eyes and mouth, so it moves against them as the head turns.
 */
export const poseOf = (landmarks: readonly Point[]): Pose => {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
  if (!leftEye || !rightEye || !nose || !leftMouth || !rightMouth) return LEVEL;
  const eyes = middle(leftEye, rightEye);
  const mouth = middle(leftMouth, rightMouth);
  const roll = Math.atan2(rightEye[1] - leftEye[1], rightEye[0] - leftEye[0]);
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const level = (point: Point): Point => {
    const [x, y] = [point[0] - eyes[0], point[1] - eyes[1]];
    return [x * cos + y * sin, y * cos - x * sin];
  };
  const width = Math.hypot(rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]);
  const [noseX, noseY] = level(nose);
  const [mouthX, length] = level(mouth);
  if (width === 0 || length <= 0) return { ...LEVEL, rollDegrees: roll * DEGREES };
  // A turn by yaw shortens the eyes' distance by its cosine and moves the nose by its sine, so their ratio is its tangent.
  const yaw = Math.atan((noseX - mouthX * NOSE_PLACE) / width / NOSE_DEPTH);
  const pitch = Math.atan(((NOSE_PLACE * length - noseY) / length) * (FACE_LENGTH / NOSE_DEPTH));
  return { yawDegrees: yaw * DEGREES, pitchDegrees: pitch * DEGREES, rollDegrees: roll * DEGREES };
};
