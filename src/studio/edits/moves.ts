import type { EditCommand } from '../../contract/workspace-edits.ts';
import type { FaceSelection } from '../../contract/workspace-faces.ts';
import { unusable } from '../failure.ts';
import { checkedName } from './checked-name.ts';
import { changesTo } from './decisions.ts';
import {
  assertIdentity,
  counted,
  facesWord,
  identityOf,
  selected,
  type Counts,
  type Draft,
  type PlanContext,
} from './draft.ts';
import { NOBODY } from './fields.ts';

/** Whether a name has faces or folders; one that was only given in a step taken back has none. */
export const isInUse = ({ catalogue, faces }: PlanContext, name: string): boolean => {
  const people = faces.people();
  const id = people.byName(name);
  if (id === null) return false;
  if ((faces.counts().identities.get(id) ?? 0) > 0) return true;
  return people
    .rootsOf(id)
    .some(
      (root) => catalogue.get('SELECT id FROM identities WHERE id = ? AND label IS NOT NULL', root) !== null,
    );
};

const moveTo = (
  context: PlanContext,
  selection: FaceSelection,
  to: number,
  label: (counts: Counts) => string,
): Draft => {
  // Who is there already stays as he is: nothing would change but where it is written.
  const faces = selected(context, selection).filter((face) => identityOf(context, face) !== to);
  return { changes: changesTo(context.catalogue, 'face.identity', faces, to), label };
};

const move = (context: PlanContext, { selection, to }: Extract<EditCommand, { kind: 'move' }>): Draft => {
  const people = context.faces.people();
  if (to === null) {
    return moveTo(
      context,
      selection,
      NOBODY,
      (counts) => `Took the identity from ${facesWord(counts.faces)}.`,
    );
  }
  if ('identity' in to) {
    assertIdentity(people, to.identity);
    const target = people.canonical(to.identity);
    const name = people.nameOf(target);
    return moveTo(context, selection, target, (counts) => `Moved ${facesWord(counts.faces)} to ${name}.`);
  }
  const name = checkedName(to.name);
  const target = people.byName(name) ?? context.newIdentity(name);
  return moveTo(context, selection, target, (counts) => `Moved ${facesWord(counts.faces)} to ${name}.`);
};

/** Each face goes where the last move that names it leads. */
const moveEach = (context: PlanContext, { moves }: Extract<EditCommand, { kind: 'move-each' }>): Draft => {
  const people = context.faces.people();
  const targets = new Map<number, number>();
  for (const { faces, identity } of moves) {
    assertIdentity(people, identity);
    const target = people.canonical(identity);
    for (const face of selected(context, { faces })) targets.set(face, target);
  }
  const facesOf = new Map<number, number[]>();
  for (const [face, target] of [...targets].sort(([a], [b]) => a - b)) {
    if (identityOf(context, face) === target) continue;
    const faces = facesOf.get(target);
    if (faces === undefined) facesOf.set(target, [face]);
    else faces.push(face);
  }
  return {
    changes: [...facesOf].flatMap(([target, faces]) =>
      changesTo(context.catalogue, 'face.identity', faces, target),
    ),
    label: (counts) =>
      `Moved ${facesWord(counts.faces)} to ${counted(facesOf.size, 'identity', 'identities')}.`,
  };
};

const split = (context: PlanContext, command: Extract<EditCommand, { kind: 'split' }>): Draft => {
  const name = checkedName(command.name);
  if (context.faces.people().byName(name) !== null && isInUse(context, name))
    throw unusable(`There is an identity ${name} already: move the faces to it, or choose another name.`);
  const target = context.faces.people().byName(name) ?? context.newIdentity(name);
  return moveTo(
    context,
    command.selection,
    target,
    (counts) => `Split ${facesWord(counts.faces)} off as ${name}.`,
  );
};

/** Edits that say whose faces are. */
export type MoveCommand = Extract<EditCommand, { kind: 'move' | 'move-each' | 'split' }>;

/** Whether an edit says whose faces are. */
export const isMove = (command: EditCommand): command is MoveCommand =>
  command.kind === 'move' || command.kind === 'move-each' || command.kind === 'split';

/** Works out where faces go. @throws UNUSABLE or NOT_FOUND when they cannot */
export const planMoves = (context: PlanContext, command: MoveCommand): Draft => {
  switch (command.kind) {
    case 'move':
      return move(context, command);
    case 'move-each':
      return moveEach(context, command);
    case 'split':
      return split(context, command);
  }
};
