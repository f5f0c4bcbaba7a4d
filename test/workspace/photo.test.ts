import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Box } from '../../src/contract/faces.ts';
import type { EditCommand } from '../../src/contract/workspace-edits.ts';
import type { PhotoFace, RetrySettings, WorkspacePhoto } from '../../src/contract/workspace-photo.ts';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';
import { digestOf } from '../align/program.ts';
import { startService, type RealService } from '../support/service.ts';

// A real engine works, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SAMPLES = join(PROJECT_FOLDER, 'node_modules', '@vladmandic', 'face-api', 'demo');
const WHO = 'tester';

let home: string;
let service: RealService;
let folder: string;
let photos: string;
let workspace: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'photo-home-'));
  service = startService(home);
});
afterAll(async () => {
  await service.stop();
  await rm(home, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'photo-'));
  photos = join(folder, 'photos');
  workspace = join(folder, 'work');
  await mkdir(join(photos, 'ann'), { recursive: true });
  ({ folder: workspace } = await service.client.workspace.create({ folder: workspace }));
});
afterEach(async () => {
  await service.client.workspace.close({ workspace });
  await rm(folder, { recursive: true, force: true });
  expect(service.reports).toEqual([]);
});

const align = async (): Promise<void> => {
  const kinds: string[] = [];
  for await (const { kind } of await service.client.workspace.align({ workspace })) kinds.push(kind);
  expect(kinds.at(-1)).toBe('report');
};

/** Adds the photos, which the test has put there, and aligns them. Gives the first. */
const alignAll = async (): Promise<WorkspacePhoto> => {
  await service.client.workspace.addSource({ workspace, folder: photos, who: WHO });
  await align();
  return photoOf(1);
};
const photoOf = (photo: number): Promise<WorkspacePhoto> =>
  service.client.workspace.photo({ workspace, photo });
const recropped = (photo: number): Promise<WorkspacePhoto> =>
  service.client.workspace.recrop({ workspace, photo });
const edit = (command: EditCommand) => service.client.workspace.edit({ workspace, command, who: WHO });
const cropOf = ({ crop }: PhotoFace): Promise<Buffer> => readFile(join(workspace, crop ?? 'none'));
const firstFace = ({ faces: [face] }: WorkspacePhoto): PhotoFace => {
  if (face === undefined) throw new Error('The photo has no face.');
  return face;
};
const sample = async (name: string, number: number, change?: (image: Sharp) => Sharp) => {
  const image = sharp(join(SAMPLES, `sample${String(number)}.jpg`));
  await (change?.(image) ?? image).jpeg({ quality: 95 }).toFile(join(photos, 'ann', name));
};
const shifted = ([left, top, right, bottom]: Box, by: number): Box => [
  left + by,
  top + by,
  right + by,
  bottom + by,
];
const changeFace = (face: PhotoFace, change: Partial<Pick<PhotoFace, 'box' | 'rotationDegrees'>>) => {
  const { id, box, landmarks, rotationDegrees } = { ...face, ...change };
  return edit({ kind: 'edit-face', face: id, box, landmarks, rotationDegrees });
};

test('an edit crops its face anew at once and no other one, undo brings the same bytes back, and redo those of the edit', async () => {
  await sample('1.jpg', 1);
  await sample('2.jpg', 2);
  const photo = await alignAll();
  const before = firstFace(photo);
  const others = async () =>
    (await Promise.all((await photoOf(2)).faces.map(cropOf))).map((bytes) => bytes.length);
  const [bytes, otherBytes, originals] = [await cropOf(before), await others(), await digestOf(photos)];
  expect(before).toMatchObject({ isFound: true, isShown: true, awaitsCrop: false, isEdited: false });

  await changeFace(before, { box: shifted(before.box, 12), rotationDegrees: 20 });
  const edited = firstFace(await recropped(1));
  expect(edited).toMatchObject({ isEdited: true, awaitsCrop: false, rotationDegrees: 20 });
  expect(edited.cropVersion).not.toBe(before.cropVersion);
  const editedBytes = await cropOf(edited);
  expect(editedBytes.equals(bytes)).toBe(false);

  expect((await service.client.workspace.undo({ workspace, who: WHO }))?.kind).toBe('edit-face');
  const undone = firstFace(await recropped(1));
  expect(undone).toMatchObject({
    isEdited: false,
    rotationDegrees: 0,
    box: before.box,
    cropVersion: before.cropVersion,
  });
  expect((await cropOf(undone)).equals(bytes)).toBe(true);

  await service.client.workspace.redo({ workspace, who: WHO });
  const redone = firstFace(await recropped(1));
  expect(redone).toMatchObject({ isEdited: true, cropVersion: edited.cropVersion, box: edited.box });
  expect((await cropOf(redone)).equals(editedBytes)).toBe(true);
  expect(await others()).toEqual(otherBytes);
  expect((await service.client.workspace.status({ workspace })).staleCrops).toBe(0);
  expect(await digestOf(photos)).toEqual(originals);
});

test('an edit makes its face alone stale until it is cropped, without anybody asking', async () => {
  await sample('1.jpg', 1);
  await sample('2.jpg', 2);
  const before = firstFace(await alignAll());
  await changeFace(before, { box: shifted(before.box, 5) });
  expect((await service.client.workspace.status({ workspace })).staleCrops).toBe(1);
  expect(firstFace(await photoOf(1)).awaitsCrop).toBe(true);
  // Closing waits for what an edit has begun.
  await service.client.workspace.close({ workspace });
  expect(firstFace(await photoOf(1))).toMatchObject({ awaitsCrop: false, isEdited: true });
});

test('another face of a photo is chosen, drawn and taken away, each as one step', async () => {
  const [one, two] = await Promise.all(
    [1, 3].map((number) =>
      sharp(join(SAMPLES, `sample${String(number)}.jpg`))
        .resize({ width: 400, height: 400, fit: 'cover' })
        .toBuffer(),
    ),
  );
  if (one === undefined || two === undefined) throw new Error('Both samples are there.');
  const sheet = sharp({ create: { width: 800, height: 400, channels: 3, background: '#777' } });
  await sheet
    .composite([
      { input: one, left: 0, top: 0 },
      { input: two, left: 400, top: 0 },
    ])
    .jpeg({ quality: 95 })
    .toFile(join(photos, 'ann', 'both.jpg'));
  const photo = await alignAll();
  expect(photo.status).toBe('severalFaces');
  const other = photo.faces.find(({ isChosen }) => !isChosen);
  if (other === undefined) throw new Error('The photo is about one of its faces.');
  expect(other.identity).toBeNull();

  await edit({ kind: 'choose-face', face: other.id });
  const chosen = await photoOf(1);
  expect(chosen.faces.find(({ id }) => id === other.id)).toMatchObject({
    isChosen: true,
    identity: { name: 'ann' },
  });
  // Each face has its own crop, whichever the photo is about: nothing depended on the choice but who bears the name.
  expect(chosen.faces.map(({ awaitsCrop, cropVersion }) => [awaitsCrop, cropVersion])).toEqual(
    photo.faces.map(({ cropVersion }) => [false, cropVersion]),
  );

  const { box, landmarks } = other;
  await edit({ kind: 'add-face', photo: 1, box: shifted(box, 8), landmarks, rotationDegrees: 15 });
  const drawn = (await recropped(1)).faces.at(-1);
  expect(drawn).toMatchObject({
    isFound: false,
    isShown: true,
    isEdited: true,
    rotationDegrees: 15,
    awaitsCrop: false,
  });
  await service.client.workspace.undo({ workspace, who: WHO });
  expect((await photoOf(1)).faces).toHaveLength(photo.faces.length);

  await edit({ kind: 'remove-faces', selection: { faces: [other.id] } });
  expect((await photoOf(1)).faces.find(({ id }) => id === other.id)?.isShown).toBe(false);
});

type Place = readonly [number, number];
type Changed = {
  readonly change: (image: Sharp) => Sharp;
  readonly settings: Partial<RetrySettings>;
  /** Where a point of the original lies in the changed photo. */
  readonly moved: (at: Place, original: WorkspacePhoto, changed: WorkspacePhoto) => Place;
  readonly rotationDegrees: number;
};

test.each<readonly [string, Changed]>([
  [
    'upside down',
    {
      change: (image) => image.rotate(180),
      settings: { rotationDegrees: 180 },
      moved: ([x, y], { widthPx, heightPx }) => [(widthPx ?? 0) - x, (heightPx ?? 0) - y],
      rotationDegrees: -180,
    },
  ],
  [
    'too small',
    {
      change: (image) => image.resize({ width: 56 }),
      settings: { scale: 4, minFaceSizePx: 8, thresholds: [0.5, 0.6, 0.6] },
      moved: ([x, y], original, changed) => {
        const scale = (changed.widthPx ?? 0) / (original.widthPx ?? 1);
        return [x * scale, y * scale];
      },
      rotationDegrees: 0,
    },
  ],
])(
  'a face that was %s is found where it is by another try, which changes nothing until it is added',
  async (_, { change, settings, moved, rotationDegrees }) => {
    await sample('1.jpg', 1);
    await sample('2.jpg', 1, change);
    const original = await alignAll();
    const changed = await photoOf(2);
    expect([original.file, changed.file]).toEqual(['ann/1.jpg', 'ann/2.jpg']);
    const before = await digestOf(workspace);
    const { proposals } = await service.client.workspace.retry({ workspace, photo: 2, settings });
    expect(await digestOf(workspace)).toEqual(before);
    const best = proposals.find(({ known }) => known === null);
    if (best === undefined) throw new Error('Another try finds a face that was missed.');
    expect(best.rotationDegrees).toBe(rotationDegrees);

    // Each landmark is where the same one of a face of the original lies in the changed photo.
    const widthPx = best.box[2] - best.box[0];
    const farthestOf = (face: PhotoFace): number =>
      Math.max(
        ...face.landmarks.map((at, place) => {
          const [x, y] = moved(at, original, changed);
          const [foundX, foundY] = best.landmarks[place] ?? [0, 0];
          return Math.hypot(foundX - x, foundY - y) / widthPx;
        }),
      );
    expect(Math.min(...original.faces.map(farthestOf))).toBeLessThan(0.2);
    const [middleX, middleY] = [(best.box[0] + best.box[2]) / 2, (best.box[1] + best.box[3]) / 2];
    const [noseX, noseY] = best.landmarks[2];
    expect(Math.hypot(noseX - middleX, noseY - middleY) / widthPx).toBeLessThan(0.5);
    const eyesPx = Math.hypot(
      best.landmarks[1][0] - best.landmarks[0][0],
      best.landmarks[1][1] - best.landmarks[0][1],
    );
    expect(eyesPx / widthPx).toBeGreaterThan(0.25);

    await edit({ kind: 'add-face', photo: 2, box: best.box, landmarks: best.landmarks, rotationDegrees });
    const added = (await recropped(2)).faces.at(-1);
    if (added === undefined) throw new Error('The face was added.');
    expect(added).toMatchObject({ isShown: true, isFound: false, awaitsCrop: false, rotationDegrees });
    const again = await service.client.workspace.retry({ workspace, photo: 2, settings });
    expect(again.proposals.map(({ known }) => known)).toContain(added.id);
  },
);

test('a crop that cannot be made stays stale and says why, and is made when the photo is back', async () => {
  await sample('1.jpg', 1);
  const before = firstFace(await alignAll());
  await rename(join(photos, 'ann', '1.jpg'), join(folder, 'away.jpg'));
  await changeFace(before, { box: shifted(before.box, 5) });
  await expect(recropped(1)).rejects.toThrow(/^The crop could not be made anew\. /);
  expect(firstFace(await photoOf(1))).toMatchObject({ isEdited: true, awaitsCrop: true });
  await rename(join(folder, 'away.jpg'), join(photos, 'ann', '1.jpg'));
  expect(firstFace(await recropped(1)).awaitsCrop).toBe(false);
});

test('a box without size or outside the photo is refused, in a sentence', async () => {
  await sample('1.jpg', 1);
  const face = firstFace(await alignAll());
  await expect(changeFace(face, { box: [10, 10, 12, 300] })).rejects.toThrow(/too small/);
  await expect(changeFace(face, { box: [9000, 10, 9100, 110] })).rejects.toThrow(/outside the photo/);
  await expect(photoOf(77)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(firstFace(await photoOf(1)).isEdited).toBe(false);
});
