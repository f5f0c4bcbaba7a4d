import type { Command } from './command.ts';
import type { Studio } from './studio.svelte.ts';

/** Looking for faces that are alike. */
export const searchCommands = (studio: Studio): readonly Command[] => {
  const { clean, curation, screen, workspace } = studio;
  const isAtSuspects = screen === 'clean' && curation.top === null;
  const face = isAtSuspects ? (clean?.face ?? null) : curation.face;
  const isHere = workspace !== null && ['library', 'clean'].includes(screen) && curation.top !== 'editor';
  const identity = face?.identity ?? null;
  const command = (
    id: string,
    label: string,
    keys: string | null,
    isAvailable: boolean,
    run: () => void,
  ): Command => ({ id, label, keys, isAvailable, run, group: 'Faces' });
  return [
    command('nearest-faces', 'Find the nearest faces', 'S', isHere && face !== null, () => {
      if (face !== null) curation.seek({ kind: 'face', face: face.id });
    }),
    command(
      'nearest-to-identity',
      'Find faces like this identity',
      'Shift+S',
      isHere && identity !== null,
      () => {
        if (identity !== null) curation.seek({ kind: 'identity', identity: identity.id });
      },
    ),
    command('search-by-picture', 'Find faces like the one in a picture…', null, workspace !== null, () => {
      void studio.searchBy(null);
    }),
  ];
};
