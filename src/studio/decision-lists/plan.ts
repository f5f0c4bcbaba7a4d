import type { Box, Landmarks } from '../../contract/faces.ts';
import type { FaceState } from '../../contract/workspace-faces.ts';
import type { AppliedDecisions, DecisionConflict } from '../../contract/workspace-decisions.ts';
import type { Database } from '../catalogue/database.ts';
import { groupChanges, type Change, type SingleChange } from '../edits/changes.ts';
import { decisionReader } from '../edits/decisions.ts';
import { FACE_STATES, isSameValue, NOBODY, type Decided, type Field } from '../edits/fields.ts';
import { packGeometry } from '../edits/geometry.ts';
import { pairId } from '../edits/pairs.ts';
import type { PlanContext } from '../edits/draft.ts';
import { matchFaces } from '../ingest/match-faces.ts';
import { shownPath } from '../scan/names.ts';
import { createWho } from './who.ts';
import { decisionsIn, type FaceLine, type ListLine, type PairLine } from './format.ts';

/** What applying a list comes to; the counts are those of `AppliedDecisions`. */
export type ListPlan = {
  readonly changes: readonly Change[];
  readonly counts: Omit<AppliedDecisions, 'sequence'>;
};

const MOST_CONFLICTS = 100;
const MOST_FACES = 10_000;

type Counts = { -readonly [Name in keyof ListPlan['counts']]: ListPlan['counts'][Name] };

type Work = {
  readonly context: PlanContext;
  readonly isOverwriting: boolean;
  readonly counts: Counts;
  readonly changes: SingleChange[];
  /** Faces of which something changes. */
  readonly changed: Set<number>;
  readonly read: (field: Field) => (subject: number) => Decided;
  /** The id of a name, made at the first need. */
  readonly identityOf: (name: string) => number;
  readonly whoIs: ReturnType<typeof createWho>;
};

/** What is decided here, and in words what it and the list say. */
type Here = { readonly value: Decided; readonly isDecided: boolean; readonly text: string };
type Wanted = {
  readonly field: Field;
  readonly subject: number;
  readonly what: string;
  readonly text: string;
  /** The value to decide; names are made identities here. */
  readonly value: () => Decided;
  readonly here: Here;
  readonly isSame: boolean;
  readonly face: number | null;
};

const FILE = 'SELECT path FROM files WHERE id = (SELECT main_file_id FROM photos WHERE id = ?)';

const conflictOf = (
  { context }: Work,
  photo: number,
  { face, what, text, here }: Wanted,
): DecisionConflict => {
  const row = context.catalogue.get<{ readonly path: Uint8Array }>(FILE, photo);
  return { file: row === null ? '' : shownPath(row.path), face, what, here: here.text, list: text };
};

const decide = (work: Work, photo: number, wanted: Wanted): void => {
  const { counts, isOverwriting } = work;
  if (wanted.isSame) {
    counts.alreadySo += 1;
    return;
  }
  if (wanted.here.isDecided) {
    if (counts.conflicts.length < MOST_CONFLICTS) counts.conflicts.push(conflictOf(work, photo, wanted));
    if (!isOverwriting) {
      counts.kept += 1;
      return;
    }
    counts.overwritten += 1;
  }
  counts.applied += 1;
  const { field, subject, here, value, face } = wanted;
  if (face !== null) work.changed.add(face);
  work.changes.push({ field, subject, before: here.value, after: value() });
};

const stateOf = (value: Decided): FaceState =>
  (typeof value === 'number' ? FACE_STATES[value] : undefined) ?? 'unreviewed';

const NOBODY_TEXT = 'nobody';

const wantedIdentity = (work: Work, face: number, name: string | null): Wanted => {
  const value = work.read('face.identity')(face);
  const who = work.whoIs(face, value);
  const here = { value, isDecided: who.isDecided, text: who.name ?? NOBODY_TEXT };
  const isSame = name === null ? value === NOBODY : who.name === name;
  return {
    field: 'face.identity',
    subject: face,
    face,
    what: 'identity',
    text: name ?? NOBODY_TEXT,
    value: () => (name === null ? NOBODY : work.identityOf(name)),
    here,
    isSame,
  };
};

type Plain = {
  readonly field: Field;
  readonly subject: number;
  readonly face: number;
  readonly what: string;
  readonly after: Decided;
  readonly textOf: (value: Decided) => string;
};

const wantedPlain = ({ read }: Work, { field, subject, face, what, after, textOf }: Plain): Wanted => {
  const value = read(field)(subject);
  return {
    field,
    subject,
    face,
    what,
    text: textOf(after),
    value: () => after,
    here: { value, isDecided: value !== null, text: textOf(value) },
    isSame: isSameValue(value, after),
  };
};

const presenceText = (value: Decided): string => (value === 1 ? 'there' : 'taken away');
const geometryText = (): string => 'another box';
const chosenText = (value: Decided): string => `face ${String(value)}`;

/** Everything that a line says of a face here. */
const wantedOf = (work: Work, photo: number, face: number, line: FaceLine): readonly Wanted[] => {
  const { state, identity, isThere, geometry, isChosen } = line;
  const subject = face;
  const plain = (rest: Pick<Plain, 'field' | 'what' | 'after' | 'textOf'>): Wanted =>
    wantedPlain(work, { subject, face, ...rest });
  return [
    ...(state === undefined
      ? []
      : [plain({ field: 'face.state', what: 'state', after: FACE_STATES.indexOf(state), textOf: stateOf })]),
    ...(identity === undefined ? [] : [wantedIdentity(work, face, identity)]),
    ...(isThere === undefined
      ? []
      : [plain({ field: 'face.presence', what: 'presence', after: isThere ? 1 : 0, textOf: presenceText })]),
    ...(geometry === undefined
      ? []
      : [
          plain({ field: 'face.geometry', what: 'box', after: packGeometry(geometry), textOf: geometryText }),
        ]),
    ...(isChosen === undefined
      ? []
      : [
          wantedPlain(work, {
            field: 'photo.chosen',
            subject: photo,
            face,
            what: 'chosen face',
            after: face,
            textOf: chosenText,
          }),
        ]),
  ];
};

type KnownRow = {
  readonly id: number;
  readonly left_px: number;
  readonly top_px: number;
  readonly right_px: number;
  readonly bottom_px: number;
};

const knownFaces = (
  catalogue: Database,
  photo: number,
): readonly { readonly id: number; readonly box: Box }[] =>
  catalogue
    .all<KnownRow>(
      'SELECT id, left_px, top_px, right_px, bottom_px FROM faces WHERE photo_id = ? ORDER BY id',
      photo,
    )
    .map((row) => ({ id: row.id, box: [row.left_px, row.top_px, row.right_px, row.bottom_px] }));

type PhotoDecision = Exclude<ListLine, PairLine>;

const isFaceLine = (line: PhotoDecision): line is FaceLine => !('isExcluded' in line);

/** The face here that a line is about; a face that somebody drew is drawn here too. Null where there is none. */
const faceOf = (work: Work, photo: number, line: FaceLine, matched: number | null): number | null => {
  if (matched !== null) return matched;
  const drawn: Landmarks | undefined = line.drawn;
  if (drawn === undefined || line.isThere !== true) return null;
  return work.context.newFace({ photo, box: line.box, landmarks: drawn });
};

const excludeFiles = (work: Work, photo: number): void => {
  const files = work.context.catalogue.all<{ readonly id: number }>(
    'SELECT id FROM files WHERE photo_id = ? ORDER BY id',
    photo,
  );
  const read = work.read('file.excluded');
  const open = files.filter(({ id }) => read(id) === null);
  work.counts[open.length === 0 ? 'alreadySo' : 'applied'] += 1;
  for (const { id } of open)
    work.changes.push({ field: 'file.excluded', subject: id, before: null, after: 1 });
};

const planPhoto = (work: Work, photo: number, lines: readonly PhotoDecision[]): void => {
  if (lines.some((line) => !isFaceLine(line))) excludeFiles(work, photo);
  const faceLines = lines.filter(isFaceLine);
  const matched = matchFaces(
    faceLines.map(({ box }) => box),
    knownFaces(work.context.catalogue, photo),
  );
  faceLines.forEach((line, place) => {
    const face = faceOf(work, photo, line, matched[place] ?? null);
    if (face !== null) for (const wanted of wantedOf(work, photo, face, line)) decide(work, photo, wanted);
    // One that was drawn and taken away again is away here too.
    else work.counts[line.drawn === undefined ? 'noSuchFace' : 'alreadySo'] += decisionsIn(line);
  });
};

const byPhoto = (lines: readonly PhotoDecision[]): ReadonlyMap<string, readonly PhotoDecision[]> => {
  const groups = new Map<string, PhotoDecision[]>();
  for (const line of lines) {
    const group = groups.get(line.photo) ?? [];
    groups.set(line.photo, group);
    group.push(line);
  }
  return groups;
};

const photoOf = (catalogue: Database, sha256: string): number | null =>
  catalogue.get<{ readonly id: number }>('SELECT id FROM photos WHERE sha256 = ?', Buffer.from(sha256, 'hex'))
    ?.id ?? null;

const pairText = (value: Decided): string => (value === 1 ? 'one person' : 'two people');

const planPair = (work: Work, { pair, isSame }: PairLine): void => {
  const { catalogue, newPair } = work.context;
  const photos = pair.map(({ photo }) => photoOf(catalogue, photo));
  if (photos.includes(null)) {
    work.counts.noSuchPhoto += 1;
    return;
  }
  const faces = pair.map(
    ({ box }, place) => matchFaces([box], knownFaces(catalogue, photos[place] ?? 0))[0] ?? null,
  );
  const [a, b] = faces.toSorted((one, other) => (one ?? 0) - (other ?? 0));
  if (a === undefined || b === undefined || a === null || b === null || a === b) {
    work.counts.noSuchFace += 1;
    return;
  }
  const known = pairId(catalogue, [a, b]);
  const value = known === null ? null : work.read('pair.same')(known);
  const after = isSame ? 1 : 0;
  if (value === after) {
    work.counts.alreadySo += 1;
    return;
  }
  decide(work, photos[0] ?? 0, {
    field: 'pair.same',
    subject: known ?? newPair([a, b]),
    face: a,
    what: `pair with face ${String(b)}`,
    text: pairText(after),
    value: () => after,
    here: { value, isDecided: value !== null, text: pairText(value) },
    isSame: false,
  });
};

const readers = (catalogue: Database, lines: number): Work['read'] => {
  const known = new Map<Field, (subject: number) => Decided>();
  return (field) => {
    const reader = known.get(field) ?? decisionReader(catalogue, field, lines);
    known.set(field, reader);
    return reader;
  };
};

const createWork = (context: PlanContext, lines: readonly ListLine[], isOverwriting: boolean): Work => {
  const made = new Map<string, number>();
  return {
    context,
    isOverwriting,
    counts: {
      decisions: lines.reduce((sum, line) => sum + decisionsIn(line), 0),
      applied: 0,
      alreadySo: 0,
      kept: 0,
      noSuchPhoto: 0,
      noSuchFace: 0,
      overwritten: 0,
      conflicts: [],
      faces: [],
    },
    changes: [],
    changed: new Set(),
    read: readers(context.catalogue, lines.length),
    identityOf(name) {
      const id = context.faces.people().byName(name) ?? made.get(name) ?? context.newIdentity(name);
      made.set(name, id);
      return id;
    },
    whoIs: createWho(context.catalogue, context.faces),
  };
};

/** Works out what a list changes here. What was decided otherwise here is kept unless the list overwrites it. */
export const planList = (
  context: PlanContext,
  lines: readonly ListLine[],
  isOverwriting: boolean,
): ListPlan => {
  const work = createWork(context, lines, isOverwriting);
  const isPair = (line: ListLine): line is PairLine => 'pair' in line;
  const ofPhotos = lines.filter((line): line is PhotoDecision => !isPair(line));
  for (const [sha256, some] of byPhoto(ofPhotos)) {
    const photo = photoOf(context.catalogue, sha256);
    if (photo !== null) planPhoto(work, photo, some);
    else work.counts.noSuchPhoto += some.reduce((sum, line) => sum + decisionsIn(line), 0);
  }
  // After the photos, whose drawn faces are there now.
  for (const line of lines.filter(isPair)) planPair(work, line);
  const faces = [...work.changed].slice(0, MOST_FACES);
  return { changes: groupChanges(work.changes), counts: { ...work.counts, faces } };
};
