import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StudioClient } from '../../src/contract/studio.ts';
import type { EditCommand } from '../../src/contract/workspace-edits.ts';
import type { IdentityPair } from '../../src/contract/workspace-questions.ts';
import type { ProcessConnection } from '../../src/node/processes/connect.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { alignAll, connectStudio, firstOf } from '../workspace/service.ts';

// Whole programs are started, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** How many photos of whom lie in the folder of a name: Ann has two of them. */
const FOLDERS: readonly { readonly name: string; readonly who: string; readonly photos: number }[] = [
  { name: 'Anna', who: 'ann', photos: 3 },
  { name: 'Ann', who: 'ann', photos: 6 },
  { name: 'Ben', who: 'ben', photos: 6 },
  { name: 'Cay', who: 'cay', photos: 6 },
  { name: 'Dee', who: 'dee', photos: 6 },
];

let fakes: BuiltFakes;
let folder: string;
let workspace: string;
let connection: ProcessConnection<StudioClient>;
let studio: StudioClient;
beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'identity-pairs-'));
  const photos = join(folder, 'photos');
  for (const { name, who, photos: count } of FOLDERS) {
    await mkdir(join(photos, name), { recursive: true });
    for (let face = 0; face < count; face += 1)
      await writeFile(join(photos, name, `${String(face)}.jpg`), `like ${who} ${name} ${String(face)}`);
  }
  connection = connectStudio(fakes, folder);
  studio = connection.client;
  ({ folder: workspace } = await studio.workspace.create({ folder: join(folder, 'work') }));
  await studio.workspace.addSource({ workspace, folder: photos, who: 'tester' });
  await alignAll(studio, workspace);
  await rank();
});
afterEach(async () => {
  await connection.process.stop();
  await rm(folder, { recursive: true, force: true });
});

const rank = async (): Promise<void> => {
  await firstOf(await studio.workspace.suspects.rank({ workspace }), ({ kind }) => kind === 'report');
};
const edit = (command: EditCommand) => studio.workspace.edit({ workspace, command, who: 'tester' });
const undo = () => studio.workspace.undo({ workspace, who: 'tester' });
const pairs = async (): Promise<readonly IdentityPair[]> =>
  (await studio.workspace.suspects.list({ workspace })).identityPairs;
/** The pair in question. @throws when there is another number of them */
const onlyPair = async (): Promise<IdentityPair> => {
  const [pair, ...others] = await pairs();
  if (pair === undefined || others.length > 0) throw new Error('There is not one pair.');
  return pair;
};
const namesOf = async ({ sides }: IdentityPair): Promise<readonly (string | undefined)[]> => {
  const identities = await studio.workspace.identities({ workspace });
  return sides.map((side) => identities.find(({ id }) => id === side.identity)?.name);
};
const apart = ({ sides: [one, other] }: IdentityPair): EditCommand => ({
  kind: 'decide-pairs',
  pairs: [[one.faces[0] ?? 0, other.faces[0] ?? 0]],
  isSame: false,
});

describe('identities of a workspace that may be one person', () => {
  it('are named with all their faces, the larger one first, and with those that are nearest', async () => {
    const pair = await onlyPair();
    expect(await namesOf(pair)).toEqual(['Ann', 'Anna']);
    expect(pair.sides.map(({ total }) => total)).toEqual([6, 3]);
    const faces = await studio.workspace.facesById({
      workspace,
      faces: pair.sides.flatMap((side) => side.faces),
    });
    expect(faces.map(({ identity }) => identity?.name)).toEqual([
      ...Array.from({ length: 6 }, () => 'Ann'),
      ...Array.from({ length: 3 }, () => 'Anna'),
    ]);
    const distances = pair.closest.map(({ distance }) => distance);
    expect(distances).toHaveLength(3);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    for (const { faces: both } of pair.closest) {
      const named = await studio.workspace.facesById({ workspace, faces: both });
      expect(named.map(({ identity }) => identity?.name)).toEqual(['Ann', 'Anna']);
    }
  });

  it('are asked about once: two people stay two through every ranking, until that is undone', async () => {
    await edit(apart(await onlyPair()));
    expect(await pairs()).toEqual([]);
    await rank();
    expect(await pairs()).toEqual([]);
    await undo();
    expect(await namesOf(await onlyPair())).toEqual(['Ann', 'Anna']);
  });

  it('are one when they are merged, which is one step', async () => {
    const {
      sides: [larger, smaller],
    } = await onlyPair();
    const merge: EditCommand = { kind: 'merge', identities: [smaller.identity], into: larger.identity };
    await edit(merge);
    expect(await pairs()).toEqual([]);
    await undo();
    expect(await namesOf(await onlyPair())).toEqual(['Ann', 'Anna']);
    await edit(merge);
    await rank();
    expect(await pairs()).toEqual([]);
    await undo();
    await rank();
    expect((await onlyPair()).sides.map(({ total }) => total)).toEqual([6, 3]);
  });

  it('are told by the faces that are left of them, and not at all when one has none', async () => {
    const {
      sides: [larger, smaller],
    } = await onlyPair();
    const [first = 0, ...others] = larger.faces;
    await edit({ kind: 'mark', selection: { faces: [first] }, state: 'not-a-face' });
    await edit({ kind: 'mark', selection: { faces: others.slice(0, 3) }, state: 'rejected' });
    const pair = await onlyPair();
    expect(await namesOf(pair)).toEqual(['Anna', 'Ann']);
    expect(pair.sides.map(({ total }) => total)).toEqual([3, 2]);
    expect(new Set(pair.sides[1].faces)).toEqual(new Set(others.slice(3)));
    for (const { faces: both } of pair.closest) expect(smaller.faces).toContain(both[0]);
    await edit({ kind: 'mark', selection: { faces: [...smaller.faces] }, state: 'ignored' });
    expect(await pairs()).toEqual([]);
  });
});
