import type { EditCommand, EditEffect, WhenFilesArrive } from '../../contract/workspace-edits.ts';
import type { Database } from '../catalogue/database.ts';
import { notFound, unusable } from '../failure.ts';
import { FLAG, placeOf } from '../faces/columns.ts';
import type { Change } from './changes.ts';
import { changesTo } from './decisions.ts';
import { FACE_STATES } from './fields.ts';
import { checkedName } from './checked-name.ts';
import { planHardPairs } from './hard-pairs.ts';
import {
  assertFace,
  assertIdentity,
  counted,
  facesWord,
  identityOf,
  selected,
  type Draft,
  type PlanContext,
} from './draft.ts';
import { isInUse, isMove, planMoves, type MoveCommand } from './moves.ts';
import { packGeometry, type FaceGeometry } from './geometry.ts';
import { changesOfPairs } from './pairs.ts';

/** An edit worked out: what it decides, and what it shows of itself. */
export type Plan = { readonly changes: readonly Change[]; readonly effect: EditEffect };

const MOST_SHOWN_FACES = 12;
const LEAST_BOX_PX = 4;

const rowExists = (catalogue: Database, table: 'files' | 'photos' | 'sources', id: number): boolean =>
  catalogue.get(`SELECT id FROM ${table} WHERE id = ?`, id) !== null;

const mark = (context: PlanContext, command: Extract<EditCommand, { kind: 'mark' }>): Draft => {
  const code = FACE_STATES.indexOf(command.state);
  const faces = selected(context, command.selection);
  return {
    changes: changesTo(context.catalogue, 'face.state', faces, code === 0 ? null : code),
    label: (counts) => `Marked ${facesWord(counts.faces)} as ${command.state.replaceAll('-', ' ')}.`,
  };
};

const rename = (context: PlanContext, command: Extract<EditCommand, { kind: 'rename' }>): Draft => {
  const people = context.faces.people();
  assertIdentity(people, command.identity);
  const name = checkedName(command.name);
  const before = people.nameOf(command.identity);
  const other = people.byName(name);
  if (other !== null && other !== people.canonical(command.identity) && isInUse(context, name))
    throw unusable(`There is an identity ${name} already: merge ${before} into it instead.`);
  const roots = [...people.rootsOf(command.identity)].sort((a, b) => a - b);
  return {
    changes: name === before ? [] : changesTo(context.catalogue, 'identity.name', roots, name),
    label: () => `Renamed ${before} to ${name}.`,
  };
};

const merge = (context: PlanContext, command: Extract<EditCommand, { kind: 'merge' }>): Draft => {
  const people = context.faces.people();
  for (const id of [...command.identities, command.into]) assertIdentity(people, id);
  const into = people.canonical(command.into);
  const from = [...new Set(command.identities.map((id) => people.canonical(id)))].filter((id) => id !== into);
  const roots = from.flatMap((id) => people.rootsOf(id)).sort((a, b) => a - b);
  const names = from.map((id) => people.nameOf(id)).join(', ');
  return {
    changes: changesTo(context.catalogue, 'identity.merged', roots, into),
    label: () => `Merged ${names} into ${people.nameOf(into)}.`,
  };
};

const photoOf = (context: PlanContext, face: number): number => {
  assertFace(context, face);
  return context.faces.columns().photos[placeOf(context.faces.columns(), face)] ?? 0;
};

type PhotoSizeRow = { readonly width_px: number | null; readonly height_px: number | null };

/** A box that a crop can be made of: of some size, and with some part of it in the photo. @throws UNUSABLE or NOT_FOUND */
const assertGeometry = (
  { catalogue }: PlanContext,
  photo: number,
  { box: [left, top, right, bottom] }: Pick<FaceGeometry, 'box'>,
): void => {
  const size = catalogue.get<PhotoSizeRow>('SELECT width_px, height_px FROM photos WHERE id = ?', photo);
  if (size === null) throw notFound(`There is no photo ${String(photo)}.`);
  if (right - left < LEAST_BOX_PX || bottom - top < LEAST_BOX_PX)
    throw unusable(`The box is too small: ${String(LEAST_BOX_PX)} px wide and high are the least.`);
  const { width_px: width, height_px: height } = size;
  const isOutside =
    right <= 0 || bottom <= 0 || (width !== null && left >= width) || (height !== null && top >= height);
  if (isOutside) throw unusable('The box lies outside the photo: put it where a part of the photo is in it.');
};

const changeFace = (
  context: PlanContext,
  command: Extract<EditCommand, { kind: 'choose-face' | 'edit-face' | 'add-face' }>,
): Draft => {
  const { catalogue } = context;
  switch (command.kind) {
    case 'choose-face': {
      const photo = photoOf(context, command.face);
      return {
        changes: changesTo(catalogue, 'photo.chosen', [photo], command.face),
        label: () => 'Chose another face of a photo.',
      };
    }
    case 'edit-face':
      assertGeometry(context, photoOf(context, command.face), command);
      return {
        changes: changesTo(catalogue, 'face.geometry', [command.face], packGeometry(command)),
        label: () => 'Changed the box or the landmarks of a face.',
      };
    case 'add-face': {
      assertGeometry(context, command.photo, command);
      const subjects = [context.newFace(command)];
      const drawn: Change = { field: 'face.presence', before: null, after: 1, subjects };
      const turned: Change = { field: 'face.geometry', before: null, after: packGeometry(command), subjects };
      return {
        changes: command.rotationDegrees === 0 ? [drawn] : [drawn, turned],
        label: () => 'Drew a face.',
      };
    }
  }
};

const keepFiles = (
  { catalogue }: PlanContext,
  { kind, files }: Extract<EditCommand, { kind: 'exclude-files' | 'include-files' }>,
): Draft => {
  const ids = [...new Set(files)].sort((a, b) => a - b);
  for (const id of ids)
    if (!rowExists(catalogue, 'files', id)) throw notFound(`There is no file ${String(id)}.`);
  const isExcluded = kind === 'exclude-files';
  return {
    changes: changesTo(catalogue, 'file.excluded', ids, isExcluded ? 1 : null),
    label: () => `${isExcluded ? 'Left out' : 'Took back in'} ${counted(ids.length, 'file', 'files')}.`,
  };
};

const arrivalChanges = (context: PlanContext, source: number, rule: WhenFilesArrive | undefined) =>
  rule === undefined ? [] : changesTo(context.catalogue, 'source.arrival', [source], rule);

const changeSource = (
  context: PlanContext,
  command: Extract<EditCommand, { kind: 'keep-source' | 'remove-source' | 'set-arrival' }>,
): Draft => {
  const { catalogue } = context;
  const { kind, source } = command;
  if (!rowExists(catalogue, 'sources', source)) throw notFound(`There is no source ${String(source)}.`);
  switch (kind) {
    case 'keep-source':
      return {
        changes: [
          ...changesTo(catalogue, 'source.kept', [source], 1),
          ...arrivalChanges(context, source, command.whenFilesArrive),
        ],
        label: () => 'Added a folder.',
      };
    case 'remove-source':
      return {
        changes: changesTo(catalogue, 'source.kept', [source], null),
        label: () => 'Took a folder out of the workspace.',
      };
    case 'set-arrival': {
      const { whenFilesArrive } = command;
      return {
        changes: arrivalChanges(context, source, whenFilesArrive),
        label: () =>
          whenFilesArrive === 'align'
            ? 'Files that arrive in a folder are aligned.'
            : 'Files that arrive in a folder wait.',
      };
    }
  }
};

const setPresence = (context: PlanContext, faces: readonly number[], value: 0 | 1, verb: string): Draft => ({
  changes: changesTo(context.catalogue, 'face.presence', faces, value),
  label: (counts) => `${verb} ${facesWord(counts.faces)}.`,
});

type DecidePairs = Extract<EditCommand, { kind: 'decide-pairs' }>;

const decidePairs = (context: PlanContext, { pairs, isSame }: DecidePairs): Draft => {
  for (const [a, b] of pairs) {
    if (a === b) throw unusable(`Face ${String(a)} is one face: a pair is of two.`);
  }
  const value = isSame === null ? null : isSame ? 1 : 0;
  const { changes, faces, count } = changesOfPairs(context, pairs, value);
  const said = isSame === null ? 'who is one person is open' : isSame ? 'one person' : 'two people';
  return {
    changes,
    faces,
    label: () => `Said of ${counted(count, 'pair of faces', 'pairs of faces')}: ${said}.`,
  };
};

const ofPairs = (
  context: PlanContext,
  command: DecidePairs | Extract<EditCommand, { kind: 'mark-pairs' }>,
): Draft => {
  for (const face of command.pairs.flat()) assertFace(context, face);
  return command.kind === 'mark-pairs' ? planHardPairs(context, command) : decidePairs(context, command);
};

/** Where faces go, and what the same step says of pairs. */
const move = (context: PlanContext, command: MoveCommand): Draft => {
  const moved = planMoves(context, command);
  const pairs = command.kind === 'move' ? command.together : undefined;
  if (pairs === undefined) return moved;
  const said = ofPairs(context, { kind: 'decide-pairs', pairs, isSame: true });
  return moved.changes.length === 0
    ? said
    : { changes: [...moved.changes, ...said.changes], label: moved.label };
};

const draftOf = (context: PlanContext, command: EditCommand): Draft => {
  if (isMove(command)) return move(context, command);
  switch (command.kind) {
    case 'mark':
      return mark(context, command);
    case 'rename':
      return rename(context, command);
    case 'merge':
      return merge(context, command);
    case 'decide-pairs':
    case 'mark-pairs':
      return ofPairs(context, command);
    case 'choose-face':
    case 'edit-face':
    case 'add-face':
      return changeFace(context, command);
    case 'remove-faces':
      return setPresence(context, selected(context, command.selection), 0, 'Removed');
    case 'restore-faces':
      return setPresence(context, selected(context, { faces: command.faces }), 1, 'Brought back');
    case 'exclude-files':
    case 'include-files':
      return keepFiles(context, command);
    default:
      return changeSource(context, command);
  }
};

/** The photos whose faces a change of something else than a face concerns. */
const photosConcerned = ({ catalogue }: PlanContext, { field, subjects }: Change): ReadonlySet<number> => {
  if (field === 'photo.chosen') return new Set(subjects);
  if (field !== 'file.excluded' && field !== 'source.kept') return new Set();
  const column = field === 'file.excluded' ? 'id' : 'source_id';
  const sql = `SELECT DISTINCT photo_id AS id FROM files WHERE ${column} = ? AND photo_id IS NOT NULL`;
  return new Set(
    subjects.flatMap((subject) => catalogue.all<{ readonly id: number }>(sql, subject).map(({ id }) => id)),
  );
};

/** Faces that lists show and that a change concerns, ascending. */
const facesOfChange = (context: PlanContext, change: Change): readonly number[] => {
  const { field, subjects } = change;
  if (field.startsWith('face.')) return subjects;
  const columns = context.faces.columns();
  const people = context.faces.people();
  const isPeople = field === 'identity.name' || field === 'identity.merged';
  const identities = new Set(isPeople ? subjects.map((subject) => people.canonical(subject)) : []);
  const photos = photosConcerned(context, change);
  const found: number[] = [];
  for (let place = 0; place < columns.count; place += 1) {
    const isConcerned =
      photos.has(columns.photos[place] ?? 0) || identities.has(columns.identities[place] ?? 0);
    if (isConcerned && ((columns.flags[place] ?? 0) & FLAG.shown) !== 0) found.push(columns.ids[place] ?? 0);
  }
  return found;
};

const effectOf = (
  context: PlanContext,
  { changes, faces: given }: Pick<Draft, 'changes' | 'faces'>,
): Omit<EditEffect, 'label'> => {
  const faces =
    given ??
    (changes.length === 1
      ? changes.flatMap((change) => facesOfChange(context, change))
      : [...new Set(changes.flatMap((change) => facesOfChange(context, change)))].sort((a, b) => a - b));
  const identities = new Set<number>();
  for (const face of faces) identities.add(identityOf(context, face));
  identities.delete(0);
  return {
    faces: faces.length,
    identities: identities.size,
    firstFaces: faces.slice(0, MOST_SHOWN_FACES),
  };
};

/** Works out what a command changes. @throws UNUSABLE or NOT_FOUND when it cannot be done */
export const planEdit = (context: PlanContext, command: EditCommand): Plan => {
  const { label, ...draft } = draftOf(context, command);
  const { changes } = draft;
  const effect = effectOf(context, draft);
  return { changes, effect: { ...effect, label: label(effect) } };
};
