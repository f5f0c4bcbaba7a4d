import type { Editor } from './editor.svelte.ts';
import { growShape, moveLandmark, moveShape, rotateShape } from './face-shape.ts';

const GROW_PX = 2;
const TURN_DEGREES = 1;
const LONG_STEP_PX = 10;

/** Where each arrow leads. */
const ARROWS: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
const TURNS: Readonly<Record<string, number>> = { '[': -TURN_DEGREES, ']': TURN_DEGREES };
const LANDMARK_KEYS = ['1', '2', '3', '4', '5'];

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey'>;

const pressArrow = (editor: Editor, { x, y }: { x: number; y: number }, event: Pressed): void => {
  const { landmark } = editor;
  if (event.shiftKey && landmark === null) {
    editor.nudge((shape) => growShape(shape, { x: x * GROW_PX, y: -y * GROW_PX }));
    return;
  }
  const step = event.altKey ? LONG_STEP_PX : 1;
  const by = { x: x * step, y: y * step };
  editor.nudge((shape) => {
    if (landmark === null) return moveShape(shape, by);
    const [atX, atY] = shape.landmarks[landmark] ?? [0, 0];
    return moveLandmark(shape, landmark, { x: atX + by.x, y: atY + by.y });
  });
};

/** Keys that change the selected face or choose what of it they change. False for a key that does not. */
export const pressFaceKey = (editor: Editor, event: Pressed): boolean => {
  const arrow = ARROWS[event.key];
  const degrees = TURNS[event.key];
  const place = LANDMARK_KEYS.indexOf(event.key);
  if (arrow !== undefined) pressArrow(editor, arrow, event);
  else if (degrees !== undefined) editor.nudge((shape) => rotateShape(shape, degrees));
  else if (place >= 0) editor.landmark = editor.landmark === place ? null : place;
  else return false;
  return true;
};

/** Keys of the photo alone, where buttons and fields around it mean something else by them. False for one that does nothing here. */
export const pressStageKey = (editor: Editor, event: Pressed): boolean => {
  // Past the last face Tab goes on to the panel, as everywhere.
  if (event.key === 'Tab') return editor.step(event.shiftKey ? -1 : 1);
  const [first] = editor.proposals;
  if (event.key !== 'Enter' || first === undefined || !editor.canEdit) return false;
  void editor.accept(first);
  return true;
};

/** Leaves what was begun in the editor, the last first. False when nothing was: then the editor itself is left. */
export const stepBack = (editor: Editor): boolean => {
  if (editor.isDrawing) editor.isDrawing = false;
  else if (editor.landmark !== null) editor.landmark = null;
  else if (editor.proposals.length > 0) editor.proposals = [];
  else return false;
  return true;
};
