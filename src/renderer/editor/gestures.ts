import type { StageGesture } from '../photo/stage.ts';
import type { Point } from '../photo/zoom.ts';
import type { Editor } from './editor.svelte.ts';
import {
  drawnShape,
  isWithin,
  moveLandmark,
  moveShape,
  resizeShape,
  rotateShape,
  turnBetween,
  type FaceShape,
} from './face-shape.ts';
import { gripAt, type Grip } from './grip.ts';

const SNAP_DEGREES = 15;
/** Less is a click, in px of the screen. */
const LEAST_DRAG_PX = 3;

/** The face at a point of the photo: the smallest, so that one before a larger one can be reached. */
export const faceAt = (editor: Editor, at: Point): number | null => {
  const area = ({ box }: FaceShape): number => (box[2] - box[0]) * (box[3] - box[1]);
  const below = editor.faces.filter((face) => isWithin(face, at)).sort((a, b) => area(a) - area(b));
  return below[0]?.id ?? null;
};

const drawing = (editor: Editor, from: Point): StageGesture => ({
  move: (at) => {
    editor.drawn = drawnShape(from, at);
  },
  end: (at) => {
    const shape = drawnShape(from, at);
    editor.drawn = shape;
    if (shape !== null) void editor.add(shape);
  },
  cancel: () => {
    editor.drawn = null;
  },
});

/** What a face becomes when it is dragged by a grip; Shift and Alt say how. */
const dragged = (start: FaceShape, grip: Grip, from: Point, at: Point, event: PointerEvent): FaceShape => {
  const by = { x: at.x - from.x, y: at.y - from.y };
  switch (grip.kind) {
    case 'move':
      return moveShape(start, by);
    case 'landmark': {
      const [x, y] = start.landmarks[grip.place] ?? [0, 0];
      return moveLandmark(start, grip.place, { x: x + by.x, y: y + by.y });
    }
    case 'turn': {
      const degrees = turnBetween(start, from, at);
      if (!event.shiftKey) return rotateShape(start, degrees);
      const whole = Math.round((start.rotationDegrees + degrees) / SNAP_DEGREES) * SNAP_DEGREES;
      return rotateShape(start, whole - start.rotationDegrees);
    }
    case 'resize':
      return resizeShape(start, grip.handle, at, {
        keepsRatio: event.shiftKey,
        movesLandmarks: !event.altKey,
      });
  }
};

const dragging = (editor: Editor, start: FaceShape, grip: Grip, from: Point, scale: number): StageGesture => {
  let isMoved = false;
  return {
    move: (at, event) => {
      // A hand that clicks is not quite still.
      isMoved ||= Math.hypot(at.x - from.x, at.y - from.y) * scale >= LEAST_DRAG_PX;
      if (isMoved) editor.show(dragged(start, grip, from, at, event));
    },
    end: () => {
      if (isMoved) editor.save();
    },
    cancel: () => {
      editor.forget();
    },
  };
};

/** What a press at a point of the photo begins; null leaves the pointer to the stage. @param scale px of the screen for one of the photo */
export const beginGesture = (
  editor: Editor,
  at: Point,
  scale: number,
  hasLandmarks: boolean,
): StageGesture | null => {
  if (!editor.canEdit) {
    editor.select(faceAt(editor, at));
    return null;
  }
  editor.flush();
  if (editor.isDrawing) return drawing(editor, at);
  const grip = editor.selected === null ? null : gripAt(editor.selected, at, scale, hasLandmarks);
  if (editor.selected !== null && grip !== null) {
    if (grip.kind === 'landmark') editor.landmark = grip.place;
    // A smaller face within the box is what is meant, not the box around it.
    const inner = grip.kind === 'move' ? faceAt(editor, at) : null;
    if (inner === null || inner === editor.selectedId)
      return dragging(editor, editor.selected, grip, at, scale);
  }
  const face = faceAt(editor, at);
  if (face === null) {
    editor.landmark = null;
    return null;
  }
  editor.select(face);
  return editor.selected === null ? null : dragging(editor, editor.selected, { kind: 'move' }, at, scale);
};
