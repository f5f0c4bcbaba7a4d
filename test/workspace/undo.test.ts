import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EditCommand } from '../../src/contract/workspace-edits.ts';
import type { FaceFilter } from '../../src/contract/workspace-faces.ts';
import { createOwners } from '../../src/studio/align/owner.ts';
import { catalogueDigest } from '../../src/studio/edits/digest.ts';
import { applyEdit, previewEdit, redo, undo, type Editing } from '../../src/studio/edits/edit.ts';
import { FACE_STATES } from '../../src/studio/edits/fields.ts';
import { isFailure } from '../../src/studio/failure.ts';
import { COLUMN_NAMES } from '../../src/studio/faces/columns.ts';
import { createFaceIndex } from '../../src/studio/faces/index.ts';
import { countStale } from '../../src/studio/faces/photo-facts.ts';
import { staleCrops } from '../../src/studio/ingest/stale.ts';
import { createWorkspace } from '../../src/studio/workspace/create.ts';
import { findWorkspace, openWorkspace, type Workspace } from '../../src/studio/workspace/open.ts';
import { editingOf, emptyCatalogue, landmarksAt, PEOPLE, smallDataset, WHO } from './dataset.ts';

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
const SEQUENCES = isLong ? 10_000 : 1_000;
const RESTARTED = isLong ? 500 : 15;
const MOST_STEPS = 60;
const FACES = 17;
const PHOTOS = 12;

const face = fc.integer({ min: 1, max: FACES + 2 });
const name = fc.constantFrom(...PEOPLE, 'eve', 'fay', 'Ann ', 'no/good');
const filter = fc.constantFrom<FaceFilter>(
  {},
  { states: ['unreviewed'] },
  { ranges: { score: { most: 0.985 } } },
  { name: 'a' },
  { isChosen: true },
  { isEdited: true },
);
const selection = fc.oneof(
  fc.record({ faces: fc.array(face, { minLength: 1, maxLength: 6 }) }),
  fc.record({ filter, except: fc.array(face, { maxLength: 2 }) }),
);
const identity = fc.integer({ min: 1, max: 7 });
const offset = fc.integer({ min: 0, max: 300 });

const command: fc.Arbitrary<EditCommand> = fc.oneof(
  fc.record({
    kind: fc.constant('mark' as const),
    selection,
    state: fc.constantFrom(...FACE_STATES),
  }),
  fc.record({
    kind: fc.constant('move' as const),
    selection,
    to: fc.oneof(fc.constant(null), fc.record({ name }), fc.record({ identity })),
  }),
  fc.record({ kind: fc.constant('split' as const), selection, name }),
  fc.record({ kind: fc.constant('rename' as const), identity, name }),
  fc.record({
    kind: fc.constant('merge' as const),
    identities: fc.array(identity, { minLength: 1, maxLength: 3 }),
    into: identity,
  }),
  fc.record({
    kind: fc.constant('move-each' as const),
    moves: fc.array(fc.record({ faces: fc.array(face, { minLength: 1, maxLength: 3 }), identity }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  fc.record({
    kind: fc.constant('decide-pairs' as const),
    pairs: fc.array(fc.tuple(face, face), { minLength: 1, maxLength: 3 }),
    isSame: fc.constantFrom(true, false, null),
  }),
  fc.record({ kind: fc.constant('choose-face' as const), face }),
  fc.record({
    kind: fc.constant('edit-face' as const),
    face,
    box: offset.map((x): [number, number, number, number] => [x, x, x + 90, x + 80]),
    landmarks: offset.map((x) => landmarksAt(x, x)),
    rotationDegrees: fc.integer({ min: -180, max: 180 }),
  }),
  fc.record({
    kind: fc.constant('add-face' as const),
    photo: fc.integer({ min: 1, max: PHOTOS + 1 }),
    box: offset.map((x): [number, number, number, number] => [x, 0, x + 50, 50]),
    landmarks: offset.map((x) => landmarksAt(x, 0)),
    rotationDegrees: fc.constantFrom(0, 0, 30),
  }),
  fc.record({ kind: fc.constant('remove-faces' as const), selection }),
  fc.record({
    kind: fc.constant('restore-faces' as const),
    faces: fc.array(face, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constantFrom('exclude-files' as const, 'include-files' as const),
    files: fc.array(fc.integer({ min: 1, max: 14 }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constantFrom('keep-source' as const, 'remove-source' as const),
    source: fc.constant(1),
  }),
);
type Step = EditCommand | 'undo' | 'redo' | 'restart';
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: command },
  { weight: 2, arbitrary: fc.constant('undo' as const) },
  { weight: 1, arbitrary: fc.constant('redo' as const) },
);

/** Does an edit; one that cannot be done must leave everything as it was. */
const tryEdit = (editing: Editing, edit: EditCommand): boolean => {
  const before = catalogueDigest(editing.catalogue);
  try {
    const preview = previewEdit(editing, edit);
    expect(catalogueDigest(editing.catalogue)).toBe(before);
    const { sequence, ...effect } = applyEdit(editing, edit, WHO);
    if (edit.kind !== 'add-face') expect(effect).toEqual(preview);
    return sequence !== null;
  } catch (error) {
    if (!isFailure(error)) throw error;
    expect(catalogueDigest(editing.catalogue)).toBe(before);
    return false;
  }
};

/** What lists are made from must be what a fresh start would read. */
const expectSameAsRead = ({ catalogue, faces }: Editing): void => {
  const fresh = createFaceIndex(catalogue).columns();
  const kept = faces.columns();
  expect(kept.count).toBe(fresh.count);
  for (const column of COLUMN_NAMES)
    expect([...kept[column].subarray(0, kept.count)], column).toEqual([
      ...fresh[column].subarray(0, fresh.count),
    ]);
  expect(countStale(kept)).toBe(staleCrops(catalogue).length);
};

/** A catalogue that is open; `restart` ends the program and starts it again. */
type Session = { editing: Editing; restart(): Promise<void> };

const expectDigest = ({ editing }: Session, expected: string | undefined): void => {
  expect(catalogueDigest(editing.catalogue)).toBe(expected);
};

/** Does steps, one after the other, and holds each undo and redo to the digest that the catalogue had there before. */
const expectThereAndBack = async (session: Session, steps: readonly Step[]): Promise<void> => {
  // The first step added the folder; the model begins after it and never goes before it.
  const states = [catalogueDigest(session.editing.catalogue)];
  let at = 0;
  for (const each of steps) {
    const { editing } = session;
    if (each === 'restart') await session.restart();
    else if (each === 'undo') {
      if (at === 0) continue;
      expect(undo(editing, WHO)).not.toBeNull();
      at -= 1;
    } else if (each === 'redo') {
      expect(redo(editing, WHO) !== null).toBe(at < states.length - 1);
      at = Math.min(at + 1, states.length - 1);
    } else if (tryEdit(editing, each)) {
      states.length = at + 1;
      states.push(catalogueDigest(editing.catalogue));
      at += 1;
    }
    expectDigest(session, states[at]);
  }
  expectSameAsRead(session.editing);
  for (; at > 0; at -= 1) {
    undo(session.editing, WHO);
    expectDigest(session, states[at - 1]);
  }
  await session.restart();
  expectSameAsRead(session.editing);
  while (at < states.length - 1) {
    redo(session.editing, WHO);
    at += 1;
    expectDigest(session, states[at]);
  }
  expect(redo(session.editing, WHO)).toBeNull();
  expectSameAsRead(session.editing);
};

test(`${String(SEQUENCES)} random sequences of edits, undone and redone, come back to the byte`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: MOST_STEPS }), async (steps) => {
      const catalogue = emptyCatalogue();
      const session: Session = {
        editing: smallDataset(catalogue),
        async restart() {
          session.editing = editingOf(catalogue);
        },
      };
      await expectThereAndBack(session, steps);
      catalogue.close();
    }),
    { numRuns: SEQUENCES },
  );
}, 900_000);

test(`${String(RESTARTED)} random sequences of edits come back to the byte over restarts of the workspace`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'undo-'));
  const open = async (name: string): Promise<Workspace> =>
    openWorkspace(await findWorkspace(join(folder, name)), createOwners(), { isReadOnly: false });
  let sequence = 0;
  const property = async (steps: readonly Step[]): Promise<void> => {
    sequence += 1;
    const name = String(sequence);
    await createWorkspace(join(folder, name));
    let workspace = await open(name);
    const session: Session = {
      editing: smallDataset(workspace.catalogue),
      async restart() {
        await workspace.close();
        workspace = await open(name);
        session.editing = { ...editingOf(workspace.catalogue), faces: workspace.faces() };
      },
    };
    await expectThereAndBack(session, steps);
    await workspace.close();
  };
  try {
    const steps = fc.array(fc.oneof({ weight: 8, arbitrary: step }, fc.constant('restart' as const)), {
      maxLength: MOST_STEPS / 2,
    });
    await fc.assert(fc.asyncProperty(steps, property), { numRuns: RESTARTED });
  } finally {
    await rm(folder, { recursive: true });
  }
}, 900_000);
