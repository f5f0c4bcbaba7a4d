/**
 * An engine process without networks: what it finds depends on the bytes of a file alone, so runs can be compared to the byte.
 * A file may ask for trouble with its first word: `crash` ends the process, `none` has no face, `two` has two, `broken` cannot be read.
 * `FAKE_ENGINE_DELAY_MS` makes each photo take that long; `FAKE_ENGINE_LOG` names a file that gets a line for each photo.
 */
import { createHash } from 'node:crypto';
import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { implement } from '@orpc/server';
import {
  engineContract,
  type EmbedOutcome,
  type EmbedTask,
  type EngineInfo,
  type FaceOutcome,
  type FaceTask,
  type MeasuredCrop,
} from '../../src/contract/engine.ts';
import type { CropSettings, Face } from '../../src/contract/faces.ts';
import { writeFileAtomic } from '../../src/node/files/atomic.ts';
import { systemCode } from '../../src/node/files/system-code.ts';
import { serveParent } from '../../src/node/processes/serve.ts';

const CROP_BYTES = 20_000;
const delayMs = Number(process.env['FAKE_ENGINE_DELAY_MS'] ?? '0');
const log = process.env['FAKE_ENGINE_LOG'];
const choice = process.argv.find((argument) => argument.startsWith('--engine='))?.slice('--engine='.length);

const INFO: EngineInfo = {
  backend: 'wasm',
  device: 'CPU',
  version: '0',
  libraries: [{ name: 'fake', version: '0' }],
  whyNotBetter: { reason: 'This is a fake.', advice: 'Use the real one.' },
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const faceAt = (offset: number): Face => ({
  box: [offset + 0.25, 1.5, offset + 10.75, 12.25],
  score: 0.9,
  landmarks: [
    [1, 1],
    [2, 1],
    [1.5, 2],
    [1, 3],
    [2, 3],
  ],
});

const isUnchanged = async ({ known }: FaceTask, sourceSha256: string): Promise<boolean> => {
  if (known?.sourceSha256 !== sourceSha256) return false;
  for (const { file, bytes } of known.crops) {
    const found = await stat(file).catch(() => null);
    if (found?.size !== bytes) return false;
  }
  return true;
};

const writeCrops = async (
  target: NonNullable<FaceTask['output']>,
  sourceSha256: string,
  crop: CropSettings,
  wanted: readonly number[],
): Promise<MeasuredCrop[]> => {
  const output =
    typeof target === 'string'
      ? target
      : join(target.folder, sourceSha256.slice(0, 2), `${sourceSha256}-${target.key}`);
  const crops: MeasuredCrop[] = [];
  for (const face of wanted) {
    const file = crop.detectMultipleFaces ? `${output}_${String(face)}.png` : `${output}.png`;
    const png = Buffer.alloc(CROP_BYTES, `${sourceSha256} ${String(face)} `);
    await writeFileAtomic(file, png);
    crops.push({
      face,
      file,
      region: [0, 1, 10, 12],
      bytes: png.length,
      sha256: sha256(png),
      quality: { sharpness: png.length, exposure: 0.5 },
    });
  }
  return crops;
};

const facesOfWord = (word: string | undefined): Face[] =>
  word === 'none' ? [] : word === 'two' ? [faceAt(0), faceAt(20)] : [faceAt(0)];

const work = async (task: FaceTask, crop: CropSettings | null): Promise<FaceOutcome> => {
  const { given } = task;
  await delay(delayMs);
  if (log !== undefined) await appendFile(log, `${task.file}\n`);
  const bytes = await readFile(task.file).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null)
    return { kind: 'failed', code: 'missing', message: 'It is not there.', sourceSha256: null };
  const sourceSha256 = sha256(bytes);
  const word = bytes.toString('latin1').split(' ', 1)[0];
  if (await isUnchanged(task, sourceSha256)) return { kind: 'unchanged' };
  if (word === 'crash') process.kill(process.pid, 'SIGKILL');
  if (word === 'broken') return { kind: 'failed', code: 'damaged', message: 'It is damaged.', sourceSha256 };
  const faces = given?.map(({ box, landmarks }) => ({ box, landmarks, score: 1 })) ?? facesOfWord(word);
  const chosen = faces.length > 0 && given === undefined ? 0 : null;
  const wanted =
    crop?.detectMultipleFaces === true ? faces.map((_, index) => index) : chosen === null ? [] : [chosen];
  const crops =
    crop === null || task.output === null ? [] : await writeCrops(task.output, sourceSha256, crop, wanted);
  return { kind: 'faces', sourceSha256, widthPx: 100, heightPx: 80, conversions: [], faces, chosen, crops };
};

/** Vectors that tell pictures and places apart: the bytes of a hash, as numbers. */
const vectorOf = (text: string, dimensions: number): number[] => {
  const digest = createHash('sha256').update(text).digest();
  return Array.from({ length: dimensions }, (_, index) => (digest[index % digest.length] ?? 0) / 255);
};

/** How far pictures of one person are apart, beside two people. */
const SPREAD = 0.02;

/** `like ann ...` is a picture of ann: near to others of her, and far from everybody else. */
const vectorOfPicture = (text: string, [word, who = '']: readonly string[], dimensions: number): number[] => {
  const own = vectorOf(text, dimensions);
  if (word !== 'like') return own;
  const person = vectorOf(who, dimensions);
  return own.map((value, index) => (person[index] ?? 0) + value * SPREAD);
};

/** `nan` makes a vector that is none, `none` has no face where one is looked for. */
const embed = async (
  { file, faces }: EmbedTask,
  rows: number[][],
  dimensions: number,
): Promise<EmbedOutcome> => {
  if (delayMs > 0) await delay(delayMs);
  if (log !== undefined) await appendFile(log, `${file}\n`);
  const bytes = await readFile(file);
  const sourceSha256 = sha256(bytes);
  const words = bytes.toString('latin1').split(' ');
  const [word] = words;
  if (word === 'crash') process.kill(process.pid, 'SIGKILL');
  if (word === 'broken') return { kind: 'failed', code: 'damaged', message: 'It is damaged.', sourceSha256 };
  if (word === 'none' && faces.kind === 'found') return { kind: 'no-face', sourceSha256 };
  if (word === 'faint' && faces.kind === 'found' && faces.detect.thresholds[0] >= 0.6)
    return { kind: 'no-face', sourceSha256 };
  const shown = faces.kind === 'given' ? faces.faces.map((face) => JSON.stringify(face)) : [faces.kind];
  return {
    kind: 'embedded',
    sourceSha256,
    rows: shown.map((face) =>
      word === 'nan' ? null : rows.push(vectorOfPicture(`${sourceSha256} ${face}`, words, dimensions)) - 1,
    ),
    face: faces.kind === 'found' ? faceAt(0) : null,
  };
};

const os = implement(engineContract);
serveParent(
  {
    router: os.router({
      describe: os.describe.handler(({ errors }) => {
        if (choice === 'gpu')
          throw errors.ENGINE_UNAVAILABLE({
            data: { reason: 'There is no GPU.', advice: 'Use --engine cpu.' },
          });
        return INFO;
      }),
      stages: os.stages.handler(() => ({
        read: 0,
        decode: 1,
        resample: 0,
        pnet: 0,
        rnet: 0,
        onet: 0,
        boxes: 0,
        encode: 0,
      })),
      importModel: os.importModel.handler(({ errors }) => {
        throw errors.MODEL_REFUSED({ data: { message: 'a fake imports nothing.' } });
      }),
      embed: os.embed.handler(async function* ({ input, signal }) {
        const rows: number[][] = [];
        const results = [];
        for (const task of input.tasks) {
          signal?.throwIfAborted();
          results.push({ id: task.id, outcome: await embed(task, rows, input.model.model.dimensions) });
        }
        if (rows.length > 0)
          await writeFileAtomic(input.output, new Uint8Array(Float32Array.from(rows.flat()).buffer));
        yield* results;
      }),
      findFaces: os.findFaces.handler(async function* ({ input, errors, signal }) {
        for (const task of input.tasks) {
          signal?.throwIfAborted();
          try {
            yield { id: task.id, outcome: await work(task, input.crop) };
          } catch (error) {
            if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOSPC') throw error;
            throw errors.CANNOT_WRITE({ data: { code: 'no-space', message: error.message } });
          }
        }
      }),
    }),
  },
  (error) => {
    console.error(error);
  },
);
