import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/studio/catalogue/database.ts';
import { applyEdit, type Editing } from '../../src/studio/edits/edit.ts';
import { COLUMN_NAMES, type FaceColumns } from '../../src/studio/faces/columns.ts';
import { keepFoundFaces, openFoundFaces } from '../../src/studio/faces/found-cache.ts';
import { createFaceIndex } from '../../src/studio/faces/index.ts';
import { readFoundFaces } from '../../src/studio/faces/read-columns.ts';
import { writeProperty } from '../../src/studio/workspace/properties.ts';
import { addFiles, alignFiles, emptyCatalogue, landmarksAt, smallDataset, WHO } from './dataset.ts';

let folder: string;
let file: string;
let catalogue: Database;
let editing: Editing;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'found-cache-'));
  file = join(folder, 'faces.bin');
  catalogue = emptyCatalogue();
  editing = smallDataset(catalogue);
});
afterEach(async () => {
  catalogue.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (): FaceColumns => openFoundFaces(catalogue, folder, 1);
const valuesOf = (columns: FaceColumns): Record<string, readonly number[]> =>
  Object.fromEntries(COLUMN_NAMES.map((name) => [name, [...columns[name].subarray(0, columns.count)]]));

/** The file is read, and with what came since it says what the catalogue says. */
const expectKept = async (): Promise<void> => {
  const before = (await stat(file)).ino;
  expect(valuesOf(open())).toEqual(valuesOf(readFoundFaces(catalogue)));
  expect((await stat(file)).ino, 'the file is written anew').toBe(before);
};

/** The file is not used: it is replaced. */
const expectReplaced = async (): Promise<void> => {
  const before = (await stat(file)).ino;
  expect(valuesOf(open())).toEqual(valuesOf(readFoundFaces(catalogue)));
  expect((await stat(file)).ino, 'the file is used').not.toBe(before);
};

test('what was read of faces is kept, and what came since is read', async () => {
  open();
  await expectKept();
  applyEdit(
    editing,
    { kind: 'add-face', photo: 2, box: [1, 2, 50, 60], landmarks: landmarksAt(1, 2), rotationDegrees: 0 },
    WHO,
  );
  applyEdit(
    editing,
    { kind: 'edit-face', face: 3, box: [5, 5, 90, 80], landmarks: landmarksAt(5, 5), rotationDegrees: 0 },
    WHO,
  );
  applyEdit(editing, { kind: 'exclude-files', files: [1] }, WHO);
  applyEdit(editing, { kind: 'mark', selection: { faces: [4] }, state: 'rejected' }, WHO);
  addFiles(catalogue, 1, ['eve/new.jpg']);
  editing.faces.refresh(alignFiles(catalogue, new Map([['eve/new.jpg', ['new', 2]]])));
  await expectKept();
  const index = createFaceIndex(catalogue, open());
  expect(valuesOf(index.columns())).toEqual(valuesOf(createFaceIndex(catalogue).columns()));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['faces.bin']);
});

test('a file that is cut off, changed or of another catalogue is replaced', async () => {
  open();
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, bytes.length - 1));
  await expectReplaced();
  const whole = await readFile(file);
  whole[1024 + 7] = (whole[1024 + 7] ?? 0) ^ 1;
  await writeFile(file, whole);
  await expectReplaced();
  await writeFile(file, 'nothing');
  await expectReplaced();
  // A catalogue that was put back from a copy does not know the file.
  writeProperty(catalogue, 'columns', 'another');
  await expectReplaced();
});

test('other settings, and faces that were deleted for good, are seen', async () => {
  open();
  const settings =
    catalogue.get<{ value: string }>("SELECT value FROM properties WHERE name = 'align'")?.value ?? '';
  expect(settings).toContain('"marginPx":44');
  writeProperty(catalogue, 'align', settings.replace('"marginPx":44', '"marginPx":40'));
  await expectReplaced();
  const last = catalogue.get<{ id: number }>('SELECT max(id) AS id FROM faces')?.id ?? 0;
  catalogue.run('UPDATE photos SET chosen_face_id = NULL WHERE chosen_face_id = ?', last);
  catalogue.run('DELETE FROM faces WHERE id = ?', last);
  await expectReplaced();
});

test('faces in memory are kept as they were read, without what was decided', async () => {
  applyEdit(editing, { kind: 'mark', selection: { faces: [4] }, state: 'rejected' }, WHO);
  applyEdit(editing, { kind: 'remove-faces', selection: { faces: [5] } }, WHO);
  applyEdit(editing, { kind: 'choose-face', face: 3 }, WHO);
  applyEdit(
    editing,
    {
      kind: 'edit-face',
      face: 3,
      box: [5, 5, 90, 80],
      landmarks: landmarksAt(5, 5),
      rotationDegrees: 0,
    },
    WHO,
  );
  keepFoundFaces(catalogue, folder, editing.faces.columns(), 1);
  await expectKept();
  const before = (await stat(file)).ino;
  keepFoundFaces(catalogue, folder, editing.faces.columns(), 1);
  expect((await stat(file)).ino, 'a file that holds is written anew').toBe(before);
});

test('without a place to write, faces are read all the same', async () => {
  await writeFile(join(folder, 'occupied'), '');
  const columns = openFoundFaces(catalogue, join(folder, 'occupied'), 1);
  expect(valuesOf(columns)).toEqual(valuesOf(readFoundFaces(catalogue)));
});
