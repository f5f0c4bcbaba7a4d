import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StudioClient } from '../../src/contract/studio.ts';
import type { EditCommand } from '../../src/contract/workspace-edits.ts';
import type { Witnesses } from '../../src/contract/workspace-suspects.ts';
import type { ProcessConnection } from '../../src/node/processes/connect.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { alignAll, connectStudio, firstOf } from '../workspace/service.ts';

// Whole programs are started, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PEOPLE = ['Ann', 'Ben', 'Cay', 'Dee'];
const FACES = 6;
/** Photos that lie in one folder and show somebody of another. */
const WRONG: ReadonlyMap<string, string> = new Map([
  ['Ben/2.jpg', 'dee'],
  ['Cay/4.jpg', 'ann'],
]);

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
  folder = await mkdtemp(join(tmpdir(), 'suspects-'));
  const photos = join(folder, 'photos');
  for (const name of PEOPLE) {
    await mkdir(join(photos, name), { recursive: true });
    for (let face = 0; face < FACES; face += 1) {
      const file = `${name}/${String(face)}.jpg`;
      const looks = WRONG.get(file) ?? name.toLowerCase();
      await writeFile(join(photos, file), `like ${looks} ${name} ${String(face)}`);
    }
  }
  connection = connectStudio(fakes, folder);
  studio = connection.client;
  ({ folder: workspace } = await studio.workspace.create({ folder: join(folder, 'work') }));
  await studio.workspace.addSource({ workspace, folder: photos, who: 'tester' });
  await alignAll(studio, workspace);
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
const flips = async () =>
  (await studio.workspace.suspects.list({ workspace })).suspects.filter(({ kind }) => kind === 'flip');
/** Flips by the names of both identities. */
const named = async (): Promise<readonly string[]> => {
  const identities = await studio.workspace.identities({ workspace });
  const nameOf = (id: number | undefined): string =>
    identities.find((identity) => identity.id === id)?.name ?? 'nobody';
  return (await flips())
    .map(({ identity, other }) => `${nameOf(identity)} is ${nameOf(other?.identity)}`)
    .sort();
};

/** Holds witnesses to all faces of an identity but one, nearest first. */
const expectNearest = (
  witnesses: Witnesses | null | undefined,
  {
    face,
    identity,
    total,
  }: { readonly face: number; readonly identity: number | undefined; readonly total: number },
): void => {
  expect(witnesses).toMatchObject({ identity: { id: identity }, total });
  const { faces = [] } = witnesses ?? {};
  const distances = faces.map(({ distance }) => distance);
  expect(distances).toHaveLength(total);
  expect(distances).toEqual([...distances].sort((a, b) => a - b));
  expect(new Set(faces.map(({ tile }) => tile.identity?.id))).toEqual(new Set([identity]));
  expect(faces.map(({ tile }) => tile.id)).not.toContain(face);
};

describe('suspects of a workspace', () => {
  it('are none before a ranking, which makes the vectors that are missing', async () => {
    const before = await studio.workspace.suspects.state({ workspace });
    expect(before).toMatchObject({ ranking: null, waiting: PEOPLE.length * FACES });
    expect(await flips()).toEqual([]);
    await rank();
    const after = await studio.workspace.suspects.state({ workspace });
    expect(after).toMatchObject({ ranking: { faces: PEOPLE.length * FACES, failed: [] }, waiting: 0 });
    expect(await named()).toEqual(['Ben is Dee', 'Cay is Ann']);
  });

  it('go when they are confirmed, moved or left out, come back when that is undone, and do not come back otherwise', async () => {
    await rank();
    const [first] = await flips();
    const [face, other] = [first?.face ?? 0, first?.other?.identity ?? 0];
    const decisions: readonly EditCommand[] = [
      { kind: 'mark', selection: { faces: [face] }, state: 'confirmed' },
      { kind: 'mark', selection: { faces: [face] }, state: 'unusable' },
      { kind: 'move', selection: { faces: [face] }, to: { identity: other } },
    ];
    for (const decision of decisions) {
      await edit(decision);
      expect((await flips()).map((suspect) => suspect.face)).not.toContain(face);
      await rank();
      expect((await flips()).map((suspect) => suspect.face)).not.toContain(face);
      await undo();
      await rank();
      expect((await flips()).map((suspect) => suspect.face)).toContain(face);
    }
  });

  it('go when both identities are found to be one', async () => {
    await rank();
    const [first] = await flips();
    const identities = [first?.identity ?? 0];
    await edit({ kind: 'merge', identities, into: first?.other?.identity ?? 0 });
    expect((await flips()).map(({ face }) => face)).not.toContain(first?.face);
    expect(await flips()).toHaveLength(1);
  });

  it('are accepted together as one step', async () => {
    await rank();
    const moves = (await flips()).map(({ face, other }) => ({
      faces: [face],
      identity: other?.identity ?? 0,
    }));
    const command: EditCommand = { kind: 'move-each', moves };
    const preview = await studio.workspace.preview({ workspace, command });
    expect(preview).toMatchObject({ faces: 2, identities: 2, label: 'Moved 2 faces to 2 identities.' });
    await edit(command);
    expect(await flips()).toEqual([]);
    await undo();
    expect(await named()).toEqual(['Ben is Dee', 'Cay is Ann']);
  });

  it('stand beside the nearest faces of both identities, nearest first', async () => {
    await rank();
    const [first] = await flips();
    if (first === undefined) throw new Error('There is no flip.');
    const [evidence] = await studio.workspace.suspects.evidence({ workspace, faces: [first.face] });
    expectNearest(evidence?.own, { face: first.face, identity: first.identity, total: FACES - 1 });
    expectNearest(evidence?.other, { face: first.face, identity: first.other?.identity, total: FACES });
  });
});
