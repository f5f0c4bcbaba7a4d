import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EditCommand } from '../../src/contract/workspace-edits.ts';
import { applyDecisionList } from '../../src/studio/decision-lists/apply.ts';
import { exportDecisions } from '../../src/studio/decision-lists/export.ts';
import type { Database } from '../../src/studio/catalogue/database.ts';
import { catalogueDigest } from '../../src/studio/edits/digest.ts';
import { applyEdit, redo, undo, type Editing } from '../../src/studio/edits/edit.ts';
import { decidedPairs } from '../../src/studio/edits/pairs.ts';
import { FACE_STATES } from '../../src/studio/edits/fields.ts';
import { isFailure } from '../../src/studio/failure.ts';
import { FLAG, placeOf } from '../../src/studio/faces/columns.ts';
import { compareWithJournal } from '../../src/studio/edits/replay.ts';
import type { Workspace } from '../../src/studio/workspace/open.ts';
import { registerSource } from '../../src/studio/workspace/sources.ts';
import { addFiles, alignFiles, editingOf, emptyCatalogue, landmarksAt, WHO } from './dataset.ts';

vi.setConfig({ testTimeout: 300_000 });

let folder: string;
let list: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'decisions-'));
  list = join(folder, 'list.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const SHIFT_PX = 4;

/** Twelve photos of four people; in a copy folders have other names, files other places, and faces are found a little elsewhere. */
const copyOfDataset = (isOther: boolean, left: number | null = null): Editing => {
  const catalogue = emptyCatalogue();
  const editing = editingOf(catalogue);
  const source = registerSource(catalogue, {
    folder: isOther ? '/other place' : '/photos',
    layout: 'class-folders',
    isPolled: false,
    atMs: 0,
  });
  applyEdit(editing, { kind: 'keep-source', source }, WHO);
  const contents = new Map<string, readonly [string, number]>();
  for (const [place, person] of ['ann', 'bob', 'cy', 'dee'].entries())
    for (let photo = 0; photo < 3; photo += 1) {
      if (left === place * 3 + photo) continue;
      const file = isOther
        ? `p${String(9 - place)}/x${String(9 - photo)}.jpg`
        : `${person}/${String(photo)}.jpg`;
      contents.set(file, [`${person} ${String(photo)}`, 1 + (photo % 2)]);
    }
  const files = isOther ? [...contents.keys()].reverse() : [...contents.keys()];
  addFiles(catalogue, source, files);
  editing.faces.refresh(alignFiles(catalogue, contents));
  if (isOther) {
    catalogue.run('UPDATE faces SET left_px = left_px + ?, right_px = right_px + ?', SHIFT_PX, SHIFT_PX);
    editing.faces.refresh([]);
  }
  return editing;
};

const workspaceOf = ({ catalogue, faces }: Editing): Workspace =>
  ({ catalogue, faces: () => faces }) as Workspace; // a list reads nothing else of it

const write = async (editing: Editing) => {
  await rm(list, { force: true });
  return exportDecisions(workspaceOf(editing), list);
};
const apply = (editing: Editing, more: { isOverwriting?: boolean; isPreview?: boolean } = {}) =>
  applyDecisionList(editing, { file: list, isOverwriting: false, isPreview: false, who: WHO, ...more });

/** What a person sees of each face, by content and place, whatever the folders are called. */
const seen = ({ catalogue, faces }: Editing): readonly string[] => {
  const columns = faces.columns();
  const people = faces.people();
  const rows = catalogue.all<{ id: number; sha256: Uint8Array; left_px: number }>(
    'SELECT faces.id, sha256, left_px FROM faces JOIN photos ON photos.id = photo_id',
  );
  const nameAt = (place: number): string => {
    const identity = columns.identities[place];
    if (identity === undefined || identity === 0) return 'nobody';
    const name = people.nameOf(identity);
    return name === firstName(catalogue, columns.labels[place] ?? 0) ? 'as its folder says' : name;
  };
  return rows
    .map(({ id, sha256, left_px: left }) => {
      const place = placeOf(columns, id);
      const flags = columns.flags[place] ?? 0;
      return [
        Buffer.from(sha256).toString('hex').slice(0, 8),
        Math.round(left / 50),
        nameAt(place),
        FACE_STATES[columns.states[place] ?? 0],
        (flags & FLAG.shown) !== 0 ? 'shown' : 'away',
        (flags & FLAG.chosen) !== 0 ? 'chosen' : '-',
      ].join(' ');
    })
    .sort();
};
const firstName = (catalogue: Database, id: number): string =>
  catalogue.get<{ name: string }>('SELECT name FROM identities WHERE id = ?', id)?.name ?? '';

const EDITS: readonly EditCommand[] = [
  { kind: 'mark', selection: { faces: [1, 2] }, state: 'confirmed' },
  { kind: 'mark', selection: { faces: [3] }, state: 'not-a-face' },
  { kind: 'move', selection: { faces: [5] }, to: { name: 'Eve' } },
  { kind: 'move', selection: { faces: [6] }, to: null },
  { kind: 'rename', identity: 3, name: 'Cyrus' },
  { kind: 'choose-face', face: 3 },
  {
    kind: 'edit-face',
    face: 1,
    box: [10, 20, 110, 130],
    landmarks: landmarksAt(10, 20),
    rotationDegrees: 7,
  },
  {
    kind: 'add-face',
    photo: 1,
    box: [500, 100, 600, 200],
    landmarks: landmarksAt(500, 100),
    rotationDegrees: 12,
  },
  { kind: 'remove-faces', selection: { faces: [7] } },
  { kind: 'exclude-files', files: [12] },
];

test('decisions apply to a copy with other folders, other names and faces found a little elsewhere', async () => {
  const here = copyOfDataset(false);
  for (const edit of EDITS) applyEdit(here, edit, WHO);
  const size = await write(here);
  expect(size.notPortable).toBe(0);
  const there = copyOfDataset(true);
  const before = catalogueDigest(there.catalogue);
  const preview = await apply(there, { isPreview: true });
  expect(catalogueDigest(there.catalogue)).toBe(before);
  const applied = await apply(there);
  expect(applied).toMatchObject({
    applied: size.decisions,
    decisions: size.decisions,
    kept: 0,
    conflicts: [],
  });
  // The face that is drawn there has no number before.
  const drawn = there.catalogue.get<{ id: number }>('SELECT max(id) AS id FROM faces WHERE is_found = 0')?.id;
  expect(applied.faces).toContain(drawn);
  expect(preview.faces.toSorted()).toEqual(applied.faces.filter((face) => face !== drawn).toSorted());
  expect({ ...preview, faces: applied.faces, sequence: applied.sequence }).toEqual(applied);
  expect(seen(there)).toEqual(seen(here));
  // Again: all is so already, and no step is added.
  expect(await apply(there)).toMatchObject({ applied: 0, alreadySo: size.decisions, sequence: null });
  expect(compareWithJournal(there.catalogue).differences).toEqual([]);
  // One step takes all of it back.
  const after = catalogueDigest(there.catalogue);
  expect(undo(there, WHO)?.kind).toBe('apply-decisions');
  expect(catalogueDigest(there.catalogue)).toBe(before);
  redo(there, WHO);
  expect(catalogueDigest(there.catalogue)).toBe(after);
});

/** What was said of pairs, by content and place. */
const saidOfPairs = ({ catalogue }: Editing): readonly string[] => {
  const nameOf = (face: number): string => {
    const row = catalogue.get<{ sha256: Uint8Array; left_px: number }>(
      'SELECT sha256, left_px FROM faces JOIN photos ON photos.id = photo_id WHERE faces.id = ?',
      face,
    );
    return `${Buffer.from(row?.sha256 ?? []).toString('hex')} ${String(Math.round((row?.left_px ?? 0) / 50))}`;
  };
  return decidedPairs(catalogue)
    .map(({ pair, isSame }) => `${pair.map(nameOf).sort().join(' and ')}: ${String(isSame)}`)
    .sort();
};

test('what was said of pairs of faces arrives in the copy, is undone in one step, and gives way only when told to', async () => {
  const here = copyOfDataset(false);
  applyEdit(
    here,
    {
      kind: 'decide-pairs',
      pairs: [
        [9, 1],
        [2, 6],
      ],
      isSame: true,
    },
    WHO,
  );
  applyEdit(here, { kind: 'decide-pairs', pairs: [[3, 5]], isSame: false }, WHO);
  expect(await write(here)).toMatchObject({ decisions: 3, photos: 5, notPortable: 0 });
  expect(await readFile(list, 'utf8')).toContain('"version":2');
  const there = copyOfDataset(true);
  const before = catalogueDigest(there.catalogue);
  expect(await apply(there)).toMatchObject({ applied: 3, conflicts: [] });
  expect(saidOfPairs(there)).toEqual(saidOfPairs(here));
  expect(await apply(there)).toMatchObject({ applied: 0, alreadySo: 3, sequence: null });
  undo(there, WHO);
  expect(catalogueDigest(there.catalogue)).toBe(before);
  redo(there, WHO);
  const [first] = decidedPairs(there.catalogue);
  if (first === undefined) throw new Error('No pair arrived.');
  applyEdit(there, { kind: 'decide-pairs', pairs: [[...first.pair]], isSame: !first.isSame }, WHO);
  expect(await apply(there)).toMatchObject({ applied: 0, kept: 1, alreadySo: 2 });
  expect(await apply(there, { isOverwriting: true })).toMatchObject({ applied: 1, overwritten: 1 });
  expect(saidOfPairs(there)).toEqual(saidOfPairs(here));
});

test('the list holds no path, no folder and no picture, and is the same each time', async () => {
  const here = copyOfDataset(false);
  for (const edit of EDITS) applyEdit(here, edit, WHO);
  await write(here);
  const text = await readFile(list, 'utf8');
  expect(text).not.toMatch(/photos\/|\.jpg|\.png|"dee"|"bob"/);
  expect(JSON.parse(text.split('\n', 1)[0] ?? '')).toMatchObject({
    format: 'facenet-studio-decisions',
    version: 1,
    lines: text.trim().split('\n').length - 1,
  });
  await write(here);
  expect(await readFile(list, 'utf8')).toBe(text);
});

test('what was decided otherwise there is told and kept, and overwritten only when that is asked for', async () => {
  const here = copyOfDataset(false);
  applyEdit(here, { kind: 'mark', selection: { faces: [1, 2] }, state: 'confirmed' }, WHO);
  applyEdit(here, { kind: 'move', selection: { faces: [5] }, to: { name: 'Eve' } }, WHO);
  await write(here);
  const there = copyOfDataset(false);
  applyEdit(there, { kind: 'mark', selection: { faces: [1] }, state: 'rejected' }, WHO);
  applyEdit(there, { kind: 'rename', identity: 2, name: 'Robert' }, WHO);
  const kept = await apply(there);
  expect(kept).toMatchObject({ decisions: 3, applied: 1, kept: 2, overwritten: 0, faces: [2] });
  expect(kept.conflicts).toEqual([
    { file: 'ann/0.jpg', face: 1, what: 'state', here: 'rejected', list: 'confirmed' },
    { file: 'bob/0.jpg', face: 5, what: 'identity', here: 'Robert', list: 'Eve' },
  ]);
  expect(await apply(there, { isOverwriting: true })).toMatchObject({
    applied: 2,
    alreadySo: 1,
    kept: 0,
    overwritten: 2,
  });
  expect(await apply(there)).toMatchObject({ alreadySo: 3, sequence: null });
});

test('photos and faces that are not there are counted, and all adds up', async () => {
  const here = copyOfDataset(false);
  for (const edit of EDITS) applyEdit(here, edit, WHO);
  await write(here);
  const there = copyOfDataset(true, 0);
  there.catalogue.run('UPDATE faces SET left_px = left_px + 600, right_px = right_px + 600 WHERE id > 8');
  const { decisions, applied, alreadySo, kept, noSuchPhoto, noSuchFace } = await apply(there);
  expect(noSuchPhoto).toBeGreaterThan(0);
  expect(noSuchFace).toBeGreaterThan(0);
  expect(applied + alreadySo + kept + noSuchPhoto + noSuchFace).toBe(decisions);
});

test('random edits arrive in the copy as they were', async () => {
  const face = fc.integer({ min: 1, max: 16 });
  const faces = fc.array(face, { minLength: 1, maxLength: 4 }).map((ids) => ({ faces: ids }));
  const command: fc.Arbitrary<EditCommand> = fc.oneof(
    fc.record({
      kind: fc.constant('mark' as const),
      selection: faces,
      state: fc.constantFrom(...FACE_STATES),
    }),
    fc.record({
      kind: fc.constant('move' as const),
      selection: faces,
      to: fc.oneof(fc.constant(null), fc.record({ name: fc.constantFrom('Eve', 'Fay') })),
    }),
    fc.record({
      kind: fc.constant('rename' as const),
      identity: fc.integer({ min: 1, max: 4 }),
      name: fc.constantFrom('Gus', 'Hal'),
    }),
    fc.record({
      kind: fc.constant('merge' as const),
      identities: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
      into: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ kind: fc.constant('choose-face' as const), face }),
    fc.record({ kind: fc.constant('remove-faces' as const), selection: faces }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 12 }), async (edits) => {
      const here = copyOfDataset(false);
      for (const edit of edits) {
        try {
          applyEdit(here, edit, WHO);
        } catch (error) {
          if (!isFailure(error)) throw error;
        }
      }
      const { decisions } = await write(here);
      const there = copyOfDataset(false);
      const done = await apply(there);
      expect(done.applied + done.alreadySo).toBe(decisions);
      expect(seen(there)).toEqual(seen(here));
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['', /is empty/],
  ['{"a":1}\n', /no decision list/],
  [
    '{"format":"facenet-studio-decisions","version":9,"program":{"name":"x","version":"1"},"lines":0}\n',
    /newer version/,
  ],
  [
    '{"format":"facenet-studio-decisions","version":1,"program":{"name":"x","version":"1"},"lines":1}\n',
    /0 of 1 lines/,
  ],
  [
    '{"format":"facenet-studio-decisions","version":1,"program":{"name":"x","version":"1"},"lines":1}\n{"photo":"../x"}\n',
    /Line 2/,
  ],
  ['x'.repeat(200_000), /no decision list/],
])('a file that is no whole list changes nothing: %#', async (text, words) => {
  await writeFile(list, text);
  const there = copyOfDataset(false);
  const before = catalogueDigest(there.catalogue);
  await expect(apply(there)).rejects.toThrow(words);
  expect(catalogueDigest(there.catalogue)).toBe(before);
});

test('a list is not written over a file, nor among originals', async () => {
  const here = copyOfDataset(false);
  await writeFile(list, 'mine');
  await expect(exportDecisions(workspaceOf(here), list)).rejects.toThrow(/is there already/);
  expect(await readFile(list, 'utf8')).toBe('mine');
  await expect(exportDecisions(workspaceOf(here), '/photos/list.jsonl')).rejects.toThrow(
    /folder of originals/,
  );
});
