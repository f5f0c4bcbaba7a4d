import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { workerIds } from './workers.ts';
import { createImagePool, ImageFailure, type ImagePool } from '../../src/node/images/pool.ts';
import { buildWorker, type BuiltWorker } from './build-worker.ts';
import { makeCorpus, type Corpus, type Fate } from './corpus.ts';

const MEBIBYTE = 1024 * 1024;
/** What a process holds on request comes on top of its limit: here one photo of 100 megapixels. */
const MOST_RESIDENT_BYTES = (1024 + 300 + 100) * MEBIBYTE;

let folder: string;
let built: BuiltWorker;
let corpus: Corpus;
let pool: ImagePool;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  built = await buildWorker();
  corpus = await makeCorpus(folder);
  // The time limit has a test of its own; here a busy machine must not decide.
  pool = createImagePool({ workers: 1, entry: built.entry, limits: { timeoutMs: 60_000 } });
});
afterAll(async () => {
  await pool.close();
  await corpus.close();
  await built.remove();
  await rm(folder, { recursive: true, force: true });
});

const mostResidentBytes = async (id: number): Promise<number> => {
  const status = await readFile(`/proc/${String(id)}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
};

const fateOf = async (file: string): Promise<Fate> => {
  try {
    const photo = await pool.open({
      file,
      known: null,
      pyramid: { minFaceSizePx: 20, scaleFactor: 0.709, asOpenCv: false },
    });
    if (photo === 'unchanged') throw new Error('Nothing was known about the photo.');
    photo.release();
    return 'decodes';
  } catch (error) {
    if (error instanceof ImageFailure) {
      expect(error.message).toMatch(/^[A-Z].*\.$/);
      return error.code;
    }
    throw error;
  }
};

it('decodes every file of the hostile corpus or refuses it with the right reason, in one and the same process', async () => {
  expect(await fateOf(join(folder, 'good.png'))).toBe('decodes');
  const [firstId] = workerIds(built.entry);
  const wrong: string[] = [];
  const slow: string[] = [];
  for (const { file, fates } of corpus.files) {
    const start = performance.now();
    const fate = await fateOf(file);
    const seconds = (performance.now() - start) / 1000;
    if (!fates.includes(fate)) wrong.push(`${basename(file)}: ${fate} instead of ${fates.join(' or ')}`);
    if (seconds > 1) slow.push(`${basename(file)} took ${seconds.toFixed(1)} s`);
  }
  console.log(`${String(corpus.files.length)} hostile files; ${slow.join(', ')}`);
  expect(wrong).toEqual([]);
  expect(corpus.files.length).toBeGreaterThanOrEqual(150);
  expect(workerIds(built.entry)).toEqual([firstId]);
  expect(await mostResidentBytes(firstId ?? 0)).toBeLessThan(MOST_RESIDENT_BYTES);
});
