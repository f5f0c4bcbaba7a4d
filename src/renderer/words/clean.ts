import type { SuspectKind } from '../../contract/workspace-suspects.ts';

/** In the order of the tabs. */
export const SUSPECT_KINDS = ['flip', 'outlier', 'doubtful'] as const satisfies readonly SuspectKind[];

/** What each kind of suspects is called, what that means, and what is said when none is left. */
export const SUSPECT_WORDS: Readonly<
  Record<SuspectKind, { readonly name: string; readonly meaning: string; readonly none: string }>
> = {
  flip: {
    name: 'Flips',
    meaning: 'Faces that look like another identity',
    none: 'No face looks like another identity.',
  },
  outlier: {
    name: 'Outliers',
    meaning: 'Faces that look like nobody here',
    none: 'No face looks like nobody.',
  },
  doubtful: {
    name: 'Doubtful',
    meaning: 'Faces that are nearer to another identity than to their own, without being near to it',
    none: 'No face is doubtful.',
  },
};
