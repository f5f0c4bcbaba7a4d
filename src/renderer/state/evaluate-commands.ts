import type { Command } from './command.ts';
import type { Studio } from './studio.svelte.ts';

/** Judging pairs, and putting right what is wrong with one. */
export const evaluateCommands = (studio: Studio): readonly Command[] => {
  const { evaluate, curation } = studio;
  const { current } = evaluate;
  const isHere = current !== null && studio.screen === 'evaluate' && curation.editor === null;
  const inspection = isHere ? current.inspection : null;
  const command = (
    id: string,
    label: string,
    keys: string | null,
    isAvailable: boolean,
    run: () => void,
  ): Command => ({ id, label, keys, isAvailable, run, group: 'Evaluate' });
  const canWrite = current?.canWrite === true;
  const writes = isHere && current.canWrite ? current : null;
  const hasFace = inspection !== null && inspection.face !== null;
  return [
    command('judge-list', 'Judge a list of pairs…', null, canWrite, () => {
      studio.go('evaluate');
      void evaluate.ask();
    }),
    command('make-pairs', 'Make a list of pairs…', null, canWrite, () => {
      studio.go('evaluate');
      evaluate.askPairs();
    }),
    command(
      'judge-again',
      'Judge the selected run again',
      null,
      writes !== null,
      () => void writes?.refresh(),
    ),
    command(
      'keep-threshold',
      'Keep this threshold',
      null,
      writes !== null && writes.threshold !== null,
      () => void writes?.keepThreshold(),
    ),
    command(
      'audit-overlap',
      'Compare with a training set…',
      null,
      writes !== null && writes.selected !== null,
      () => void evaluate.audit(),
    ),
    command(
      'save-report',
      'Save a report of the figures…',
      null,
      isHere && current.selected !== null,
      () => void evaluate.saveReport(),
    ),
    command('pair-photos', 'Pair: show the photos or the crops', 'Z', inspection !== null, () => {
      if (inspection !== null) inspection.isPhotoShown = !inspection.isPhotoShown;
    }),
    command('pair-edit', 'Pair: fix the crop', 'E', inspection !== null && inspection.photo !== null, () => {
      evaluate.editFace();
    }),
    command('pair-move', 'Pair: move the face to…', 'M', hasFace && canWrite, () => {
      evaluate.moveFace();
    }),
    command(
      'pair-label',
      'Pair: the list is wrong, or right',
      'L',
      inspection?.canDecide === true,
      () => void inspection?.toggleLabelError(),
    ),
    command(
      'pair-hard',
      'Pair: hard, or not',
      'H',
      inspection?.canDecide === true,
      () => void inspection?.toggleHard(),
    ),
  ];
};
