import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { digestOf, run } from '../align/program.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let fakes: BuiltFakes;
let folder: string;
let photos: string;
let embeddings: string;
beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clusters-'));
  photos = join(folder, 'photos');
  embeddings = join(folder, 'faces.npy');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A `.npy` file of rows, as NumPy writes it. */
const npyOf = (rows: readonly (readonly number[])[]): Buffer => {
  const header = Buffer.alloc(118, ' ');
  header.write(
    `{'descr': '<f4', 'fortran_order': False, 'shape': (${String(rows.length)}, ${String(rows[0]?.length)}), }`,
  );
  header.write('\n', 117);
  const begin = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  return Buffer.concat([begin, header, new Uint8Array(Float32Array.from(rows.flat()).buffer)]);
};

const FACES: readonly (readonly [file: string, row: readonly number[]])[] = [
  ['a/1.png', [1, 0]],
  ['b/1.png', [0, 1]],
  ['a/2.png', [0.99, 0.1]],
  ['d/1.png', [0.1, 0.99]],
  ['c/1.png', [-1, 0]],
  ['a/3.png', [0.98, -0.1]],
];

const put = async (faces = FACES): Promise<void> => {
  for (const [file] of faces) {
    await mkdir(join(photos, file, '..'), { recursive: true });
    await writeFile(join(photos, file), `bytes of ${file}`);
  }
  await writeFile(embeddings, npyOf(faces.map(([, row]) => row)));
  await writeFile(join(folder, 'faces.txt'), faces.map(([file]) => `${file}\n`).join(''));
};

const cluster = (...options: readonly string[]) =>
  run(fakes.cli, ['cluster', photos, '--embeddings', embeddings, '--json', ...options], {
    FACENET_STUDIO_HOME: join(folder, 'home'),
  });

/** Files are named as the folder was given, joined with their path in it. */
const clusters = () => [
  { id: 0, faces: [`${photos}/a/1.png`, `${photos}/a/2.png`, `${photos}/a/3.png`] },
  { id: 1, faces: [`${photos}/b/1.png`, `${photos}/d/1.png`] },
  { id: 2, faces: [`${photos}/c/1.png`] },
];
const entropyOf = (...shares: readonly number[]): number =>
  shares.reduce((sum, share) => sum - share * Math.log(share), 0);
/** By the definitions: three of four pairs in a cluster are of one folder, and all three pairs of one folder are in a cluster. */
const QUALITY = {
  faces: 6,
  identities: 4,
  pairwisePrecision: 3 / 4,
  pairwiseRecall: 1,
  pairwiseF: 6 / 7,
  bcubedPrecision: 5 / 6,
  bcubedRecall: 1,
  bcubedF: 10 / 11,
  nmi:
    (2 * entropyOf(1 / 2, 1 / 3, 1 / 6)) /
    (entropyOf(1 / 2, 1 / 3, 1 / 6) + entropyOf(1 / 2, 1 / 6, 1 / 6, 1 / 6)),
};
const closeTo = (figures: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(figures).map(([name, figure]) => [name, expect.closeTo(figure, 9) as unknown]),
  );
const NOTHING_ELSE = { model: null, noFace: [], failed: [], problems: [], remade: [] };

describe('cluster', () => {
  it.each([
    ['dbscan', ['--eps', '0.3'], { eps: 0.3, minSamples: 1 }],
    ['chinese-whispers', ['--threshold', '0.9', '--seed', '5'], { threshold: 0.9, iterations: 20, seed: 5 }],
    ['hdbscan', ['--min-samples', '2'], { minClusterSize: 2, minSamples: 2 }],
  ])(
    'by %s writes one document, the largest cluster first, nobody left out',
    async (algorithm, options, parameters) => {
      await put();
      const before = await digestOf(photos);
      const { code, out } = await cluster('--algorithm', algorithm, ...options);
      expect(code).toBe(0);
      const { seconds, stability, ...document } = JSON.parse(out) as { seconds: number; stability: number };
      expect(seconds).toBeGreaterThan(0);
      expect(stability).toBeGreaterThan(0.5);
      expect(document).toEqual({
        algorithm,
        parameters,
        clusters: clusters(),
        singletons: 1,
        quality: closeTo(QUALITY),
        ...NOTHING_ELSE,
      });
      expect(await digestOf(photos)).toEqual(before);
    },
  );

  it('writes a folder for each cluster, under names that do not meet', async () => {
    await put();
    const output = join(folder, 'people');
    expect((await cluster('--eps', '0.3', '--output', output)).code).toBe(0);
    expect((await readdir(output)).toSorted()).toEqual(['0', '1', '2']);
    expect((await readdir(join(output, '0'))).toSorted()).toEqual(['1.png', '2.png', '3.png']);
    const second = (await readdir(join(output, '1'))).toSorted();
    expect(second).toEqual(['1.png', expect.stringMatching(/^1~[0-9a-f]{8}\.png$/)]);
    const texts = await Promise.all(second.map((file) => readFile(join(output, '1', file), 'utf8')));
    expect(texts).toEqual(['bytes of b/1.png', 'bytes of d/1.png']);
    expect(await readFile(join(output, '0', '2.png'), 'utf8')).toBe('bytes of a/2.png');
  });

  it('names the files that are gone, and copies the others', async () => {
    await put();
    await rm(join(photos, 'a/2.png'));
    const output = join(folder, 'people');
    const { code, out } = await cluster('--eps', '0.3', '--output', output);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      failed: [`${photos}/a/2.png`],
      problems: [{ file: `${photos}/a/2.png`, reason: { code: 'missing' } }],
      clusters: clusters(),
    });
    expect(await readdir(join(output, '0'))).toEqual(['1.png', '3.png']);
  });

  it('embeds photos first where nobody gives their vectors, and names those without a face', async () => {
    const shown = {
      'a.jpg': 'like ann 1',
      'b.jpg': 'like bob 1',
      'c.jpg': 'like ann 2',
      'd.jpg': 'none',
      'e.jpg': 'broken',
    };
    await mkdir(photos);
    for (const [file, content] of Object.entries(shown)) await writeFile(join(photos, file), content);
    const before = await digestOf(photos);
    const { code, out } = await run(fakes.cli, ['cluster', photos, '--json'], {
      FACENET_STUDIO_HOME: join(folder, 'home'),
    });
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      algorithm: 'dbscan',
      // What the model's manifest says, which was measured on LFW's development people.
      parameters: { eps: 0.38, minSamples: 1 },
      model: 'face-api-128',
      clusters: [
        { id: 0, faces: [`${photos}/a.jpg`, `${photos}/c.jpg`] },
        { id: 1, faces: [`${photos}/b.jpg`] },
      ],
      singletons: 1,
      noFace: [`${photos}/d.jpg`],
      failed: [`${photos}/e.jpg`],
      stability: 1,
    });
    expect(await digestOf(photos)).toEqual(before);
  });

  it('says how well they agree with the folders, and nothing where there are none', async () => {
    await put();
    const told = await run(fakes.cli, ['cluster', photos, '--embeddings', embeddings, '--eps', '0.3'], {
      FACENET_STUDIO_HOME: join(folder, 'home'),
    });
    expect(told.out).toContain(
      'Measured by the names of 6 faces of 4 identities: of pairs precision 0.750, recall 1.000, F 0.857; BCubed F 0.909; NMI 0.8',
    );
    await put(FACES.map(([file, row]) => [file.replace('/', '-'), row]));
    expect(JSON.parse((await cluster('--eps', '0.3')).out)).toMatchObject({ quality: null });
  });

  it('leaves the stability out where nobody wants it', async () => {
    await put();
    expect(JSON.parse((await cluster('--eps', '0.3', '--stability', '0')).out)).toMatchObject({
      stability: null,
    });
  });

  it('takes rows that are named as "embed" names them, with the folder before', async () => {
    await put();
    await writeFile(join(folder, 'faces.txt'), FACES.map(([file]) => `${photos}/${file}\n`).join(''));
    expect(JSON.parse((await cluster('--eps', '0.3')).out)).toMatchObject({ clusters: clusters() });
  });

  it.each([
    [
      ['--algorithm', 'kmeans'],
      /^--algorithm takes one of dbscan, chinese-whispers, hdbscan, not "kmeans"\.$/,
    ],
    [['--eps', '0'], /^--eps takes a number above 0/],
    [['--threshold', '0.5'], /^--threshold means nothing to dbscan: leave it out/],
    [
      ['--algorithm', 'hdbscan', '--min-cluster-size', '1'],
      /^--min-cluster-size takes a whole number from 2/,
    ],
    [['--model', 'face-api-128'], /^--embeddings are vectors that are there already: leave --model/],
    [['--anew'], /^--anew is for workspaces: a folder is always clustered whole\.$/],
  ])('refuses %j in one sentence', async (options, sentence) => {
    await put();
    const { code, error, out } = await cluster(...options);
    expect(code).toBe(2);
    expect(error.trim()).toMatch(sentence);
    expect(JSON.parse(out)).toEqual({ error: error.trim() });
  });

  it('refuses to write where something is, or among the photos', async () => {
    await put();
    await writeFile(join(folder, 'kept.txt'), 'kept');
    const full = await cluster('--output', folder);
    expect([full.code, full.error]).toEqual([2, expect.stringContaining('lies inside')]);
    const inside = await cluster('--output', join(photos, 'people'));
    expect([inside.code, inside.error]).toEqual([2, expect.stringContaining('originals are never written')]);
    await mkdir(join(folder, 'people'));
    await writeFile(join(folder, 'people', 'mine.txt'), 'mine');
    const taken = await cluster('--output', join(folder, 'people'));
    expect([taken.code, taken.error]).toEqual([2, expect.stringContaining('is not empty')]);
    expect(await readdir(join(folder, 'people'))).toEqual(['mine.txt']);
  });
});
