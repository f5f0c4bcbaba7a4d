import { FACE_STATE_NAMES, FACE_STATES } from './faces.ts';
import { formatCount } from './format.ts';

/** Why an export leaves a face out that has no identity. */
const NO_IDENTITY = 'no-identity';

const reasonOf = (reason: string): string => {
  const state = FACE_STATES.find((known) => known === reason);
  if (state !== undefined) return FACE_STATE_NAMES[state].toLowerCase();
  return reason === NO_IDENTITY ? 'without an identity' : reason;
};

/** `12 rejected, 3 without an identity`. */
export const leftOutOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([reason, count]) => `${formatCount(count)} ${reasonOf(reason)}`)
    .join(', ');
