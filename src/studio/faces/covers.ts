import { FACE_STATES } from '../edits/fields.ts';
import { FLAG, type FaceColumns } from './columns.ts';

/** A face of this size, and crop of this sharpness, is good enough to know somebody by. */
const GOOD_SIZE_PX = 160;
const GOOD_SHARPNESS = 100;
const RIGHT_ANGLE_DEGREES = 90;

const CONFIRMED = FACE_STATES.indexOf('confirmed');
const UNREVIEWED = FACE_STATES.indexOf('unreviewed');

/** How well a face shows who somebody is: 0 to 1, one more for a confirmed one; -1 for one that should not stand for anybody. */
const worthOf = (columns: FaceColumns, place: number): number => {
  const wanted = FLAG.shown | FLAG.hasCrop;
  const state = columns.states[place] ?? 0;
  if (((columns.flags[place] ?? 0) & wanted) !== wanted) return -1;
  if (state !== CONFIRMED && state !== UNREVIEWED) return -1;
  const sharpness = columns.sharpness[place] ?? 0;
  const size = Math.min(1, (columns.sizes[place] ?? 0) / GOOD_SIZE_PX);
  const turned = Math.abs(columns.yaws[place] ?? 0) + Math.abs(columns.pitches[place] ?? 0) / 2;
  const frontal = Math.max(0, 1 - turned / RIGHT_ANGLE_DEGREES);
  // A crop that is not measured counts as one without any detail.
  const sharp = sharpness > 0 ? sharpness / (sharpness + GOOD_SHARPNESS) : 0;
  return (state === CONFIRMED ? 1 : 0) + (columns.scores[place] ?? 0) * size * frontal * sharp;
};

/** The place of the best face of each identity, plus 1, by id; 0 where there is none. Of equal ones the first. */
export const coversOf = (columns: FaceColumns, mostIdentity: number): Uint32Array => {
  const covers = new Uint32Array(mostIdentity + 1);
  const best = new Float64Array(mostIdentity + 1).fill(-1);
  for (let place = 0; place < columns.count; place += 1) {
    const identity = columns.identities[place] ?? 0;
    const worth = worthOf(columns, place);
    if (worth <= (best[identity] ?? Number.POSITIVE_INFINITY)) continue;
    best[identity] = worth;
    covers[identity] = place + 1;
  }
  return covers;
};
