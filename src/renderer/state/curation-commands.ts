import { VERDICTS } from '../words/faces.ts';
import type { Command } from './command.ts';
import type { Studio } from './studio.svelte.ts';

type Make = (
  id: string,
  label: string,
  keys: string | null,
  isAvailable: boolean,
  run: () => void,
) => Command;

const make: Make = (id, label, keys, isAvailable, run) => ({
  id,
  label,
  keys,
  isAvailable,
  run,
  group: 'Faces',
});

/** Of a photo whose faces are put right. */
const editorCommands = (studio: Studio): readonly Command[] => {
  const { editor } = studio.curation;
  const { view } = studio;
  const canEdit = editor?.canEdit === true;
  const hasFace = canEdit && editor.selected !== null;
  return [
    make('draw-face', 'Draw a face', 'D', canEdit, () => {
      if (editor !== null) editor.isDrawing = !editor.isDrawing;
    }),
    make('remove-face', 'Take the face away', 'Delete', hasFace, () => void editor?.remove()),
    make('choose-face', 'Choose this face for the photo', 'C', hasFace, () => void editor?.choose()),
    {
      ...make('editor-undo', 'Undo', 'Ctrl+Z', canEdit, () => void editor?.undo()),
      like: 'undo',
    },
    {
      ...make('editor-redo', 'Redo', 'Ctrl+Shift+Z', canEdit, () => void editor?.redo()),
      like: 'redo',
    },
    {
      ...make('editor-landmarks', 'Show or hide landmarks', 'L', editor !== null, () => {
        view.landmarks = !view.landmarks;
      }),
      like: 'landmarks',
    },
  ];
};

/** Of a review of faces. */
const reviewCommands = (studio: Studio): readonly Command[] => {
  const { curation, view } = studio;
  const review = curation.top === 'review' ? curation.review : null;
  const canDecide = review?.canEdit === true && review.face !== null;
  return [
    ...VERDICTS.map(({ state, keys, verb }) =>
      make(`review-${state}`, `Review: ${verb}`, keys, canDecide, () => review?.judge(state)),
    ),
    make('review-photo', 'Review: show the photo or the crop', 'Z', review !== null, () => {
      if (review !== null) review.isPhotoShown = !review.isPhotoShown;
    }),
    make('auto-advance', 'Review: go on by itself, or not', 'CapsLock', studio.workspace !== null, () => {
      view.autoAdvance = !view.autoAdvance;
    }),
  ];
};

/** Of the workspace's own history while a review is what is looked at. */
const reviewHistoryCommands = (studio: Studio): readonly Command[] => {
  const { review, top } = studio.curation;
  const canStep = review?.canEdit === true && top === 'review';
  return [
    { ...make('review-undo', 'Undo', 'Ctrl+Z', canStep, () => void review?.undo()), like: 'undo' },
    { ...make('review-redo', 'Redo', 'Ctrl+Shift+Z', canStep, () => void review?.redo()), like: 'redo' },
  ];
};

/** Of faces of a workspace: reviewing, editing and moving them, and the history of it all. */
export const curationCommands = (studio: Studio): readonly Command[] => {
  const { curation, workspace, screen } = studio;
  const isHere = workspace !== null && (screen === 'library' || curation.top === 'search');
  const isFree = curation.top === null;
  const hasFace = isHere && curation.face !== null;
  return [
    ...editorCommands(studio),
    ...reviewCommands(studio),
    make('review', 'Review these faces', 'R', hasFace && isFree, () => {
      curation.begin();
    }),
    make('edit-photo', 'Edit the box and landmarks', 'E', hasFace && curation.editor === null, () => {
      curation.editActive();
    }),
    make('move-to', 'Move to identity…', 'M', hasFace && !workspace.isReadOnly, () => {
      curation.askWhere();
    }),
    make('history', 'History', 'Ctrl+H', isHere, () => {
      curation.isHistoryOpen = !curation.isHistoryOpen;
    }),
    ...reviewHistoryCommands(studio),
  ];
};
