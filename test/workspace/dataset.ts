import { createHash } from 'node:crypto';
import type { FaceOutcome } from '../../src/contract/engine.ts';
import type { Landmarks } from '../../src/contract/faces.ts';
import { openDatabase, type Database } from '../../src/studio/catalogue/database.ts';
import { migrate } from '../../src/studio/catalogue/migrate.ts';
import { applyEdit, type Editing } from '../../src/studio/edits/edit.ts';
import { createFaceIndex } from '../../src/studio/faces/index.ts';
import { recordOutcomes } from '../../src/studio/ingest/record.ts';
import { workKeyOf } from '../../src/studio/ingest/work-key.ts';
import { applyFileChanges } from '../../src/studio/workspace/apply-changes.ts';
import { alignSettings, ensureProperties } from '../../src/studio/workspace/properties.ts';
import { registerSource } from '../../src/studio/workspace/sources.ts';

export const WHO = 'tester';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const landmarksAt = (x: number, y: number): Landmarks => [
  [x + 30, y + 40],
  [x + 70, y + 40],
  [x + 50, y + 60],
  [x + 35, y + 80],
  [x + 65, y + 80],
];

/** A photo's outcome with so many faces, as the engine would give it; the text stands for its bytes. */
export const photoOutcome = (content: string, faces: number): FaceOutcome => ({
  kind: 'faces',
  sourceSha256: sha256(content),
  widthPx: 1000,
  heightPx: 500,
  conversions: [],
  faces: Array.from({ length: faces }, (_, face) => ({
    box: [face * 200, 10, face * 200 + 100 + face, 110],
    score: 0.99 - face / 100,
    landmarks: landmarksAt(face * 200, 10),
  })),
  chosen: faces > 0 ? 0 : null,
  crops: Array.from({ length: faces }, (_, face) => ({
    face,
    file: `/workspace/crops/${sha256(content)}_${String(face)}.png`,
    region: [0, 0, 1, 1],
    bytes: 100,
    sha256: sha256(`${content} ${String(face)}`),
    quality: { sharpness: 10 * face, exposure: 0.5 },
  })),
});

/** Registers files of a source, given by path. */
export const addFiles = (catalogue: Database, source: number, paths: readonly string[]): void => {
  applyFileChanges(
    catalogue,
    { id: source, layout: 'class-folders' },
    paths.map((path, index) => ({
      kind: 'added',
      path: Buffer.from(path),
      file: {
        sizeBytes: 1,
        modifiedNs: BigInt(index) * 1_000_000_000n,
        inode: BigInt(index),
        device: 1n,
        statusChangedNs: 0n,
      },
      problem: null,
    })),
  );
};

export const fileId = (catalogue: Database, path: string): number =>
  catalogue.get<{ id: number }>('SELECT id FROM files WHERE path = ?', Buffer.from(path))?.id ?? 0;

/** Aligns files: each with its content and its number of faces. */
export const alignFiles = (
  catalogue: Database,
  contents: ReadonlyMap<string, readonly [content: string, faces: number]>,
): readonly number[] =>
  recordOutcomes(
    {
      catalogue,
      workKey: workKeyOf(alignSettings(catalogue)),
      relativeCrop: (file) => file.replace('/workspace/', ''),
    },
    [...contents].map(([path, [content, faces]]) => ({
      file: fileId(catalogue, path),
      outcome: photoOutcome(content, faces),
    })),
  );

/** A catalogue in memory, or in a file that is empty. */
export const emptyCatalogue = (file = ':memory:'): Database => {
  const catalogue = openDatabase(file, { isReadOnly: false });
  migrate(catalogue, () => undefined);
  ensureProperties(catalogue);
  return catalogue;
};

export const editingOf = (catalogue: Database): Editing => ({
  catalogue,
  faces: createFaceIndex(catalogue),
  now: () => 1_764_000_000_000,
});

export const PEOPLE = ['ann', 'bob', 'cy', 'dee'] as const;
export const PHOTOS_EACH = 3;

/** Four people with three photos each; every second photo has two faces, and bob has a copy of one of ann's. */
export const smallDataset = (catalogue: Database): Editing => {
  const editing = editingOf(catalogue);
  const source = registerSource(catalogue, {
    folder: '/photos',
    layout: 'class-folders',
    isPolled: false,
    atMs: 0,
  });
  applyEdit(editing, { kind: 'keep-source', source }, WHO);
  const contents = new Map<string, readonly [string, number]>();
  for (const person of PEOPLE)
    for (let photo = 0; photo < PHOTOS_EACH; photo += 1)
      contents.set(`${person}/${String(photo)}.jpg`, [`${person} ${String(photo)}`, 1 + (photo % 2)]);
  contents.set('bob/copy.jpg', ['ann 0', 1]);
  addFiles(catalogue, source, [...contents.keys()]);
  editing.faces.refresh(alignFiles(catalogue, contents));
  return editing;
};
