/**
 * Aligning photos end to end (decode, MTCNN, crop, PNG, ledger) beside facenet-pytorch's MTCNN.detect in batches of 64 (decode
 * and detection only), on the same photos, in one run, on all cores of this machine without its GPU. Once with photos of one
 * size, once with photos of many sizes and the same number of pixels in all.
 * Options: --photos N (default 2560: enough that starting and warming up is a small share).
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import { fixed, lfwPhotos, numberOption, peerPython, PROJECT, runStudio } from './support/programs.mjs';

/** @typedef {{ seconds: number, peerSeconds: number, stages: Record<string, number> }} Best */

const PEER_PACKAGES = ['facenet-pytorch==2.6.0'];

/** How often each is measured; the best counts, since anything else on the machine only slows it down. */
const ROUNDS = 3;

/**
 * @param {string} python
 * @param {readonly string[]} files
 * @returns {Promise<{ photos: number, faces: number, seconds: number, decodeSeconds: number }>}
 */
const runPeer = (python, files) =>
  new Promise((done, fail) => {
    const script = join(PROJECT, 'bench', 'peers', 'facenet_pytorch_mtcnn.py');
    const child = spawn(python, [script, String(availableParallelism())], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout.on('data', (/** @type {Buffer} */ part) => output.push(part));
    child.on('error', fail);
    child.on('close', () => {
      done(JSON.parse(Buffer.concat(output).toString('utf8')));
    });
    child.stdin.end(files.join('\n'));
  });

/**
 * Links the photos into class folders.
 * @param {readonly string[]} files
 * @param {string} folder
 */
const linkPhotos = (files, folder) =>
  files.map((file) => {
    const identity = join(folder, basename(dirname(file)));
    mkdirSync(identity, { recursive: true });
    const link = join(identity, basename(file));
    symlinkSync(file, link);
    return link;
  });

/** Factors on the side of a photo whose squares have a mean of 1, so that the pixels are the same in all. */
const SIDE_FACTORS = [0.6, 0.75, 0.9, 1, 1.1, 1.2, 1.3];
const MEAN_SQUARE = SIDE_FACTORS.reduce((sum, factor) => sum + factor ** 2, 0) / SIDE_FACTORS.length;

/**
 * Writes the photos anew in many sizes and shapes.
 * @param {readonly string[]} files
 * @param {string} folder
 */
const mixSizes = async (files, folder) => {
  const made = [];
  for (const [index, file] of files.entries()) {
    const identity = join(folder, basename(dirname(file)));
    mkdirSync(identity, { recursive: true });
    const factor = (SIDE_FACTORS[index % SIDE_FACTORS.length] ?? 1) / Math.sqrt(MEAN_SQUARE);
    const side = Math.round(250 * factor);
    const target = join(identity, basename(file));
    await sharp(file)
      .resize(side + (index % 5), side - (index % 7), { fit: 'fill' })
      .jpeg({ quality: 92 })
      .toFile(target);
    made.push(target);
  }
  return made;
};

/** @param {Record<string, number>} stages */
const shares = (stages) => {
  const total = Object.values(stages).reduce((sum, seconds) => sum + seconds, 0);
  return Object.entries(stages)
    .sort(([, a], [, b]) => b - a)
    .map(([stage, seconds]) => `${stage} ${fixed((100 * seconds) / total, 0)} %`)
    .join(', ');
};

/** @param {readonly string[]} args */
export const run = async (args) => {
  const count = numberOption(args, '--photos', 2560);
  const python = await peerPython('facenet-pytorch', PEER_PACKAGES);
  const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-bench-'));
  try {
    const files = lfwPhotos(count);
    const sets = {
      equal: linkPhotos(files, join(folder, 'equal')),
      mixed: await mixSizes(files, join(folder, 'mixed')),
    };
    /** @type {Record<string, Best>} */
    const best = {};
    // In turns: what else goes on on the machine, and how fast it is just then, is the same for all.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, photos] of Object.entries(sets)) {
        const known = best[name] ?? { seconds: Infinity, peerSeconds: Infinity, stages: {} };
        const output = join(folder, `crops-${name}-${String(round)}`);
        const aligned = await runStudio(['align', join(folder, name), output, '--engine', 'cpu']);
        const peer = await runPeer(python, photos);
        const isFaster = aligned.seconds < known.seconds;
        best[name] = {
          seconds: Math.min(known.seconds, aligned.seconds),
          peerSeconds: Math.min(known.peerSeconds, peer.seconds),
          stages: isFaster ? aligned.stages : known.stages,
        };
      }
    }
    for (const [name, { seconds, peerSeconds, stages }] of Object.entries(best)) {
      console.log(
        `${name} sizes, ${String(count)} photos of LFW, ${String(availableParallelism())} cores, best of ${String(ROUNDS)}`,
      );
      console.log(`  facenet-studio align, end to end      ${fixed(count / seconds)} photos/s`);
      console.log(`  facenet-pytorch MTCNN.detect          ${fixed(count / peerSeconds)} photos/s`);
      console.log(`  ratio                                 ${fixed(peerSeconds / seconds, 2)}`);
      console.log(`  our time by stage: ${shares(stages)}`);
    }
    console.log(
      `mixed / equal                           ${fixed((best['equal']?.seconds ?? 0) / (best['mixed']?.seconds ?? 1), 2)}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
