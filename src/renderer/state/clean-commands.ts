import { VERDICTS } from '../words/faces.ts';
import type { Command } from './command.ts';
import type { Studio } from './studio.svelte.ts';

/** Looking for wrong labels, and deciding about them. */
export const cleanCommands = (studio: Studio): readonly Command[] => {
  const { clean, curation } = studio;
  const suspects = studio.screen === 'clean' && curation.top === null ? clean : null;
  const suspect = suspects?.suspect ?? null;
  const canDecide = suspects?.canWrite === true && suspect !== null;
  const hasFace = canDecide && suspects.face !== null;
  const canStep = suspects?.canWrite === true;
  const command = (
    id: string,
    label: string,
    keys: string | null,
    isAvailable: boolean,
    run: () => void,
  ): Command => ({ id, label, keys, isAvailable, run, group: 'Clean' });
  return [
    command('look-for-wrong-labels', 'Look for wrong labels', null, clean !== null, () => {
      studio.go('clean');
      void clean?.rank();
    }),
    command(
      'suspect-accept',
      'Suspect: it is who it looks like',
      'Y',
      canDecide && suspect.other !== null,
      () => suspects?.accept(),
    ),
    ...VERDICTS.map(({ state, keys, verb }) =>
      command(`suspect-${state}`, `Suspect: ${verb}`, keys, canDecide, () => suspects?.judge(state)),
    ),
    command('suspect-move', 'Suspect: move to…', 'M', hasFace, () => {
      studio.moveSuspect();
    }),
    command('suspect-later', 'Suspect: later', 'L', suspect !== null, () => suspects?.postpone()),
    command('suspect-edit', 'Suspect: fix the crop', 'E', hasFace, () => {
      const face = suspects?.face ?? null;
      if (face !== null) curation.edit(face.photo, face.id);
    }),
    command('suspect-photo', 'Suspect: show the photo or the crop', 'Z', suspect !== null, () => {
      if (suspects !== null) suspects.isPhotoShown = !suspects.isPhotoShown;
    }),
    command(
      'suspect-accept-many',
      'Accept the proposals from a score on…',
      null,
      canStep && suspects.accepted.length > 0,
      () => void suspects?.acceptAll(),
    ),
    {
      ...command('suspect-undo', 'Undo', 'Ctrl+Z', canStep, () => void suspects?.undo()),
      like: 'undo',
    },
    {
      ...command('suspect-redo', 'Redo', 'Ctrl+Shift+Z', canStep, () => void suspects?.redo()),
      like: 'redo',
    },
  ];
};
