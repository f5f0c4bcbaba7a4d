import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { createPlace, withoutIndex, type Place } from '../workspace/program.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const PEOPLE = ['Ann', 'Ben', 'Cay', 'Dee'];
const FACES = 6;

let fakes: BuiltFakes;
let place: Place;
beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  place = await createPlace(
    fakes,
    PEOPLE.flatMap((name) =>
      Array.from({ length: FACES }, (_, face): readonly [string, string] => {
        // The third photo in Ben's folder shows Dee.
        const looks = name === 'Ben' && face === 2 ? 'dee' : name.toLowerCase();
        return [`${name}/${String(face)}.jpg`, `like ${looks} ${name} ${String(face)}`];
      }),
    ),
  );
  await place.setUp();
});
afterEach(() => place.remove());

type Item = {
  readonly face: number;
  readonly file: string;
  readonly identity: string;
  readonly kind: string;
  readonly proposed: { readonly identity: string } | null;
};
type Report = { readonly queue: string; readonly total: number; readonly items: readonly Item[] };

const mislabels = (...options: readonly string[]): Promise<Report> =>
  place.json<Report>('clean', 'mislabels', place.work, '--quiet', ...options);
const flips = ({ items }: Report): readonly Item[] => items.filter(({ kind }) => kind === 'flip');

describe('clean of a workspace', () => {
  it('embeds what is missing, names the face of another person first, and changes no label', async () => {
    const report = await mislabels();
    expect(report).toMatchObject({ queue: 'mislabels', total: 24 });
    expect(report.items[0]).toMatchObject({
      file: join(place.photos, 'Ben/2.jpg'),
      identity: 'Ben',
      kind: 'flip',
      proposed: { identity: 'Dee' },
    });
    expect(flips(report)).toHaveLength(1);
    expect((await place.studio('history', place.work)).out).not.toMatch(/Moved|Marked/);
    const before = await withoutIndex(place.work);
    expect(await mislabels()).toEqual(report);
    expect(await withoutIndex(place.work)).toEqual(before);
  });

  it('does not ask again of a face that was confirmed or moved, and asks again when that is undone', async () => {
    const [first] = (await mislabels()).items;
    const face = String(first?.face);
    await place.studio('mark', place.work, 'confirmed', '--faces', face);
    const kept = await mislabels();
    expect(flips(kept)).toEqual([]);
    expect(kept.items.map((item) => item.face)).not.toContain(first?.face);
    await place.studio('undo', place.work);
    expect(flips(await mislabels()).map((item) => item.face)).toEqual([first?.face]);
    await place.studio('move', place.work, '--to', 'Dee', '--faces', face);
    expect(flips(await mislabels())).toEqual([]);
  });

  it('leaves out faces that do not belong, and takes in those that came', async () => {
    await mislabels();
    const { faces } = await place.json<{ faces: { id: number; file: string }[] }>('list', place.work);
    const id = faces.find(({ file }) => file === 'Ann/0.jpg')?.id;
    await place.studio('mark', place.work, 'ignored', '--faces', String(id));
    await writeFile(join(place.photos, 'Cay', '7.jpg'), 'like ann 7');
    await place.studio('scan', place.work);
    await place.studio('align', place.work, '--quiet');
    const report = await mislabels();
    expect(report.total).toBe(24);
    expect(report.items.map((item) => item.face)).not.toContain(id);
    expect(new Set(flips(report).map((item) => [item.file, item.proposed?.identity].join(' ')))).toEqual(
      new Set([`${join(place.photos, 'Ben/2.jpg')} Dee`, `${join(place.photos, 'Cay/7.jpg')} Ann`]),
    );
  });

  it('filters by the centres of its identities', async () => {
    const report = await place.json<{ removed: readonly string[] }>(
      ...['filter', place.work, '--quiet', '--filter-percentile', '95'],
    );
    expect(report).toMatchObject({ faces: 24, facesLeft: 23, identities: 4, identitiesLeft: 4 });
    expect(report.removed).toEqual([join(place.photos, 'Ben/2.jpg')]);
  });

  it.each(['duplicates', 'identities', 'mixed', 'quality'])('has a queue of %s', async (queue) => {
    const report = await place.json<Report>('clean', queue, place.work, '--quiet');
    expect(report.queue).toBe(queue);
    expect(report.items).toHaveLength(report.total);
  });

  it('refuses a table of vectors in one sentence', async () => {
    const { code, error } = await place.studio('clean', 'mislabels', place.work, '--embeddings', 'x.npy');
    expect(code).toBe(2);
    expect(error.trim()).toMatch(/is a workspace, which keeps vectors of its own: leave --embeddings out\.$/);
  });
});
