import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { createPlace, type Place } from '../workspace/program.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let place: Place;
beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  place = await createPlace(fakes, [
    ['1.jpg', 'like ann 1'],
    ['2.jpg', 'like bob 1'],
    ['3.jpg', 'like ann 2'],
    ['4.jpg', 'like ann 3'],
    ['5.jpg', 'like cy 1'],
    ['6.jpg', 'like bob 2'],
  ]);
  await place.setUp();
});
afterEach(() => place.remove());

type Report = {
  readonly kind: 'whole' | 'arrivals';
  readonly clusters: readonly { readonly faces: readonly string[] }[];
  readonly added: number;
  readonly sequence: number | null;
};
const cluster = (...options: readonly string[]): Promise<Report> =>
  place.json<Report>('cluster', place.work, '--quiet', ...options);
/** Names of photos, cluster by cluster. */
const groups = ({ clusters }: Report): readonly string[] =>
  clusters
    .map(({ faces }) =>
      faces
        .map((file) => file.slice(place.photos.length + 1, -'.jpg'.length))
        .sort()
        .join(' '),
    )
    .sort();

const arrive = async (...photos: readonly (readonly [file: string, content: string])[]): Promise<void> => {
  for (const [file, content] of photos) await writeFile(join(place.photos, file), content);
  await place.studio('scan', place.work);
  await place.studio('align', place.work, '--quiet');
};

describe('cluster of a workspace', () => {
  it('embeds what is missing, clusters, and keeps that as a step that undo takes back', async () => {
    const report = await cluster();
    expect(report).toMatchObject({
      algorithm: 'dbscan',
      parameters: { eps: 0.38, minSamples: 1 },
      model: 'face-api-128',
      kind: 'whole',
      faces: 6,
      singletons: 1,
      failed: [],
      conflicts: 0,
      stability: 1,
    });
    expect(groups(report)).toEqual(['1 3 4', '2 6', '5']);
    const { out } = await place.studio('history', place.work);
    expect(out).toContain('Clustered 6 faces into 3 clusters.');
    expect((await place.studio('undo', place.work)).out).toContain('Clustered 6 faces into 3 clusters.');
    // Nothing is left of it: the next one is whole again.
    expect((await cluster()).kind).toBe('whole');
  });

  it('puts only faces that came since into clusters, or lets them begin some', async () => {
    await cluster();
    expect(await cluster()).toMatchObject({ kind: 'arrivals', added: 0, sequence: null });
    await arrive(['7.jpg', 'like ann 4'], ['8.jpg', 'like dee 1'], ['9.jpg', 'like dee 2']);
    const report = await cluster();
    expect(report).toMatchObject({ kind: 'arrivals', added: 3 });
    expect(groups(report)).toEqual(['1 3 4 7', '2 6', '5', '8 9']);
    expect(await cluster('--anew')).toMatchObject({ kind: 'whole', added: 0 });
    expect(await cluster('--eps', '0.5')).toMatchObject({ kind: 'whole' });
  });

  it('obeys what was decided, also of faces that a later run would join', async () => {
    const { faces } = await place.json<{ faces: { id: number; file: string }[] }>('list', place.work);
    const idOf = (name: string): string => String(faces.find(({ file }) => file.startsWith(name))?.id);
    await place.studio('move', place.work, '--to', 'Cy', '--faces', `${idOf('4')},${idOf('5')}`);
    await place.studio('move', place.work, '--to', 'Ann', '--faces', `${idOf('1')},${idOf('3')}`);
    expect(groups(await cluster())).toEqual(['1 3', '2 6', '4 5']);
    expect(groups(await cluster('--algorithm', 'hdbscan'))).toEqual(['1 3', '2 6', '4 5']);
  });

  it('is measured by the names of the folders, but for those that a person rejected', async () => {
    const named = await createPlace(fakes, [
      ['ann/1.jpg', 'like ann 1'],
      ['ann/2.jpg', 'like bob 1'],
      ['bob/3.jpg', 'like bob 2'],
    ]);
    await named.setUp();
    // The second is with the third, whose name it does not bear: no pair is right.
    expect(await named.json('cluster', named.work, '--quiet')).toMatchObject({
      quality: {
        faces: 3,
        identities: 2,
        pairwisePrecision: 0,
        pairwiseRecall: 0,
        bcubedPrecision: expect.closeTo(2 / 3, 9) as unknown,
        bcubedRecall: expect.closeTo(2 / 3, 9) as unknown,
      },
    });
    const { faces } = await named.json<{ faces: { id: number; file: string }[] }>('list', named.work);
    const id = faces.find(({ file }) => file.endsWith('2.jpg'))?.id;
    await named.studio('mark', named.work, 'rejected', '--faces', String(id));
    expect(await named.json('cluster', named.work, '--quiet')).toMatchObject({
      quality: { faces: 2, identities: 2, pairwiseF: 1, bcubedF: 1, nmi: 1 },
    });
    await named.remove();
  });

  it('leaves out what is no face', async () => {
    await cluster();
    const { faces } = await place.json<{ faces: { id: number; file: string }[] }>('list', place.work);
    const id = faces.find(({ file }) => file === '3.jpg')?.id;
    await place.studio('mark', place.work, 'not-a-face', '--faces', String(id));
    const report = await cluster('--anew');
    expect(groups(report)).toEqual(['1 4', '2 6', '5']);
  });

  it.each([
    [['--output', 'people'], /is a workspace, which keeps its clusters: leave --output out\.$/],
    [['--embeddings', 'x.npy'], /leave --embeddings out\.$/],
  ])('refuses %j in one sentence', async (options, sentence) => {
    const { code, error } = await place.studio('cluster', place.work, ...options);
    expect(code).toBe(2);
    expect(error.trim()).toMatch(sentence);
  });
});
