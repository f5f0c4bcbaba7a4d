import type { FaceState } from '../../contract/workspace-faces.ts';

/** The one name of each state, and the key that gives it. */
export const FACE_STATE_NAMES: Readonly<Record<FaceState, string>> = {
  unreviewed: 'Unreviewed',
  confirmed: 'Confirmed',
  rejected: 'Rejected',
  'not-a-face': 'Not a face',
  unusable: 'Unusable',
  ignored: 'Ignored',
};

/** What a review decides, in the order of its buttons. */
export const VERDICTS = [
  { state: 'confirmed', keys: 'A', verb: 'Confirm' },
  { state: 'rejected', keys: 'X', verb: 'Reject' },
  { state: 'not-a-face', keys: 'N', verb: 'Not a face' },
  { state: 'unusable', keys: 'U', verb: 'Unusable' },
  { state: 'ignored', keys: 'I', verb: 'Ignore' },
] as const satisfies readonly { readonly state: FaceState; readonly keys: string; readonly verb: string }[];
