import type { EditCommand, EditEffect } from '../../contract/workspace-edits.ts';
import { poseOf } from '../../core/quality/pose.ts';
import type { Database } from '../catalogue/database.ts';
import type { FaceIndex } from '../faces/index.ts';
import { inverted, type Change } from './changes.ts';
import { writeChanges } from './decisions.ts';
import { refreshAfter } from './derived.ts';
import { packLandmarks } from './geometry.ts';
import { appendEntry, changesOfStep, markUndone, stepToRedo, stepToUndo, type Step } from './journal.ts';
import { nameIdentity } from './people.ts';
import { insertPair } from './pairs.ts';
import type { DrawnFace, PlanContext } from './draft.ts';
import { planEdit } from './plan.ts';

/** What edits are made in. */
export type Editing = {
  readonly catalogue: Database;
  readonly faces: FaceIndex;
  readonly now: () => number;
  /** Hears what an edit, an undo or a redo changed, once it is durable. */
  readonly onChanged?: (changes: readonly Change[]) => void;
};

/** What an edit did; `sequence` is null when there was nothing to change. */
export type AppliedEdit = EditEffect & { readonly sequence: number | null };

/** Stands for rows that a preview does not make; no row has it. */
export const NOT_MADE = 2 ** 31 - 1;

/** What planning without doing may ask for: rows are not made. */
export const previewContext = ({ catalogue, faces }: Pick<Editing, 'catalogue' | 'faces'>): PlanContext => ({
  catalogue,
  faces,
  newIdentity: () => NOT_MADE,
  newFace: () => NOT_MADE,
  newPair: () => NOT_MADE,
});

/** What a command would change, without changing anything. @throws UNUSABLE or NOT_FOUND when it cannot be done */
export const previewEdit = ({ catalogue, faces }: Editing, command: EditCommand): EditEffect => {
  const { effect } = planEdit(previewContext({ catalogue, faces }), command);
  return { ...effect, firstFaces: effect.firstFaces.filter((face) => face !== NOT_MADE) };
};

/** A row for a face that a person draws; it shows once it is decided that it is there. */
const insertDrawnFace = (catalogue: Database, { photo, box, landmarks }: DrawnFace): number => {
  const { yawDegrees, pitchDegrees, rollDegrees } = poseOf(landmarks);
  return catalogue.run(
    `INSERT INTO faces (photo_id, is_found, score, left_px, top_px, right_px, bottom_px, landmarks, yaw_degrees, pitch_degrees, roll_degrees)
     VALUES (?, 0, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
    photo,
    ...box,
    packLandmarks(landmarks),
    yawDegrees,
    pitchDegrees,
    rollDegrees,
  ).lastId;
};

/** Changes that were worked out, the sentence for the history, and whatever else was learnt meanwhile. */
type Planned<Result> = {
  readonly changes: readonly Change[];
  readonly label: string;
  readonly result: Result;
};

/**
 * Works changes out and does them: whole, durably and as one step of the history, or not at all. `sequence` is null when there was nothing to change.
 * @throws what `plan` throws, FAILED when the catalogue was changed by another program
 */
export const applyPlanned = <Result>(
  editing: Editing,
  { kind, who }: { readonly kind: string; readonly who: string },
  plan: (context: PlanContext) => Planned<Result>,
): { readonly result: Result; readonly sequence: number | null } => {
  const { catalogue, faces, now } = editing;
  const { changes, result, sequence } = catalogue.transaction(() => {
    const made = plan({
      catalogue,
      faces,
      newIdentity: (name) => nameIdentity(catalogue, name),
      newFace: (drawn) => insertDrawnFace(catalogue, drawn),
      newPair: (pair) => insertPair(catalogue, pair),
    });
    if (made.changes.length === 0) return { ...made, sequence: null };
    writeChanges(catalogue, made.changes);
    refreshAfter(catalogue, made.changes);
    const entry = { atMs: now(), who, action: 'edit', kind, ...made, target: null } as const;
    return { ...made, sequence: appendEntry(catalogue, entry) };
  });
  faces.apply(changes);
  if (sequence !== null) editing.onChanged?.(changes);
  return { result, sequence };
};

/**
 * Does an edit: whole, durably and as one step of the history, or not at all.
 * @throws UNUSABLE or NOT_FOUND when it cannot be done, FAILED when the catalogue was changed by another program
 */
export const applyEdit = (editing: Editing, command: EditCommand, who: string): AppliedEdit => {
  const { result, sequence } = applyPlanned(editing, { kind: command.kind, who }, (context) => {
    const { changes, effect } = planEdit(context, command);
    return { changes, label: effect.label, result: effect };
  });
  return { ...result, sequence };
};

const moveInHistory = (
  { catalogue, faces, now, onChanged }: Editing,
  who: string,
  action: 'undo' | 'redo',
): Step | null => {
  const done = catalogue.transaction((): { step: Step; changes: readonly Change[] } | null => {
    const step = action === 'undo' ? stepToUndo(catalogue) : stepToRedo(catalogue);
    if (step === null) return null;
    const original = changesOfStep(catalogue, step.sequence);
    const changes = action === 'undo' ? inverted(original) : original;
    writeChanges(catalogue, changes);
    refreshAfter(catalogue, changes);
    const { kind, label } = step;
    const entry = { atMs: now(), who, action, kind, label, changes: [], target: step.sequence };
    const sequence = appendEntry(catalogue, entry);
    markUndone(catalogue, step.sequence, action === 'undo' ? sequence : null);
    return { step: { ...step, isUndone: action === 'undo' }, changes };
  });
  if (done === null) return null;
  faces.apply(done.changes);
  onChanged?.(done.changes);
  return done.step;
};

/** Takes the last step back that holds; null when there is none. It is done whole and durably, as an edit is. */
export const undo = (editing: Editing, who: string): Step | null => moveInHistory(editing, who, 'undo');

/** Does the step again that was taken back last; null when there is none, or when something was edited since. */
export const redo = (editing: Editing, who: string): Step | null => moveInHistory(editing, who, 'redo');

/** Takes back every step that holds from the newest down to `sequence`, and that one; gives how many. */
export const undoTo = (editing: Editing, sequence: number, who: string): number => {
  let steps = 0;
  for (let next = stepToUndo(editing.catalogue); next !== null; next = stepToUndo(editing.catalogue)) {
    if (next.sequence < sequence) break;
    undo(editing, who);
    steps += 1;
  }
  return steps;
};
