import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createImagePool, ImageFailure, type ImagePool } from '../../src/node/images/pool.ts';
import { buildWorker, type BuiltWorker } from './build-worker.ts';
import { makeSeeds } from './corpus.ts';
import { createRandom, mutate } from './mutate.ts';
import { workerIds } from './workers.ts';

/** Set both to repeat a run, or to run for longer. */
const SEED = Number(process.env['FACENET_STUDIO_MUTANT_SEED'] ?? randomInt(2 ** 31));
const DEFAULT_MUTANTS = process.env['FACENET_STUDIO_LONG'] === '1' ? 40_000 : 2000;
const MUTANTS = Number(process.env['FACENET_STUDIO_MUTANTS'] ?? DEFAULT_MUTANTS);
const AT_ONCE = 8;
/** Mutants claim any size; a low limit keeps the run short. */
const MOST_PIXELS = 4e6;

let folder: string;
let built: BuiltWorker;
let pool: ImagePool;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mutants-'));
  built = await buildWorker();
  pool = createImagePool({ workers: 2, entry: built.entry, limits: { maxPixels: MOST_PIXELS } });
});
afterAll(async () => {
  await pool.close();
  await built.remove();
  await rm(folder, { recursive: true, force: true });
});

it(
  `decodes or refuses each of ${String(MUTANTS)} mutants, and no process ends`,
  { timeout: 3_600_000 },
  async () => {
    const random = createRandom(SEED);
    const seeds = await makeSeeds();
    const outcomes = new Map<string, number>();
    const bad: string[] = [];
    const tryOne = async (bytes: Buffer, name: string): Promise<string> => {
      const file = join(folder, name);
      await writeFile(file, bytes);
      try {
        const photo = await pool.open({
          file,
          known: null,
          pyramid: { minFaceSizePx: 20, scaleFactor: 0.709, asOpenCv: false },
        });
        if (photo !== 'unchanged') photo.release();
        return 'decodes';
      } catch (error) {
        return error instanceof ImageFailure ? error.code : `${String(error)} (${file})`;
      } finally {
        await rm(file);
      }
    };
    await Promise.all([0, 1].map((i) => tryOne(seeds[0] ?? Buffer.alloc(0), `first-${String(i)}`)));
    const before = workerIds(built.entry);
    let next = 0;
    const drain = async (): Promise<void> => {
      while (next < MUTANTS) {
        const number = next;
        next += 1;
        const bytes = mutate(seeds[random(seeds.length)] ?? Buffer.alloc(0), random);
        const outcome = await tryOne(bytes, `mutant-${String(number)}`);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (outcome === 'decodes' || outcome === 'damaged' || outcome === 'unsupported') continue;
        if (outcome === 'not-an-image' || outcome === 'too-many-pixels') continue;
        bad.push(`mutant ${String(number)}: ${outcome}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, drain));
    console.log(`seed ${String(SEED)}:`, Object.fromEntries(outcomes));
    expect(bad, `seed ${String(SEED)}`).toEqual([]);
    expect(workerIds(built.entry), `seed ${String(SEED)}`).toEqual(before);
  },
);
