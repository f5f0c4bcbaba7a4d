/**
 * Making vectors: Inception-ResNet-v1 (random weights) singly and in batches of 32 beside facenet-pytorch's network, and beside the multiply-add
 * rate of a large matMul, in one run on all cores of this machine without its GPU; then the whole `embed` command on crops beside the bare
 * network. Options: --crops N (default 1280), --seconds N for each of the bare measurements (default 5).
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buildPrograms } from './support/build-programs.mjs';
import {
  fixed,
  lfwPhotos,
  numberOption,
  peerPython,
  PROJECT,
  runProgram,
  runStudio,
} from './support/programs.mjs';

/** @typedef {{ single: number, batch: number }} Rates */
/** @typedef {Rates & { multiplyAdds: number, matMul: number }} OurRates */

const PEER_PACKAGES = ['facenet-pytorch==2.6.0'];
const BATCH = 32;
/** How often each is measured, in turns; the best counts, since anything else on the machine only slows it down. */
const ROUNDS = 3;
const MODEL = 'bench-random';
const SEED_CROPS = ['--crop', 'relative', '--image-size', '160', '--margin', '32'];

/**
 * @param {string} program
 * @param {readonly string[]} args
 */
const measure = async (program, args) => {
  const { code, stdout } = await runProgram(program, args, { show: true });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}.`);
  /** @type {unknown} */
  const document = JSON.parse(stdout);
  return document;
};

/**
 * Registers the network with the weights in a data folder of the bench's own.
 * @param {string} home
 * @param {string} weights
 */
const registerModel = (home, weights) => {
  const crop = { style: 'relative', imageSizePx: 160, marginPx: 32 };
  const manifest = {
    format: 1,
    id: MODEL,
    title: 'Random weights',
    model: {
      architecture: 'inception-resnet-v1',
      dimensions: 512,
      isUnitLength: true,
      preprocessing: {
        crop,
        alsoTakes: [],
        inputSizePx: 160,
        colour: 'rgb',
        standardisation: { kind: 'fixed', mean: [127.5, 127.5, 127.5], scale: 128 },
      },
    },
    threshold: null,
    weights: {
      kind: 'safetensors',
      file: basename(weights),
      package: null,
      sha256: createHash('sha256').update(readFileSync(weights)).digest('hex'),
    },
    origin: { published: 'Nowhere.', trainedOn: 'Nobody.', terms: 'None.', importedSha256: null },
  };
  writeFileSync(join(home, 'models', MODEL, 'model.json'), JSON.stringify(manifest));
};

/**
 * @param {readonly string[]} files
 * @param {string} folder
 */
const linkPhotos = (files, folder) => {
  for (const file of files) {
    const identity = join(folder, basename(dirname(file)));
    mkdirSync(identity, { recursive: true });
    symlinkSync(file, join(identity, basename(file)));
  }
};

/** @param {readonly string[]} args */
export const run = async (args) => {
  const crops = numberOption(args, '--crops', 1280);
  const seconds = String(numberOption(args, '--seconds', 5));
  const cores = String(availableParallelism());
  const python = await peerPython('facenet-pytorch', PEER_PACKAGES);
  const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-bench-'));
  process.env['TF_CPP_MIN_LOG_LEVEL'] = '3';
  process.env['CUDA_VISIBLE_DEVICES'] = '-1';
  process.env['FACENET_STUDIO_HOME'] = folder;
  /** @type {Awaited<ReturnType<typeof buildPrograms>> | null} */
  let programs = null;
  try {
    mkdirSync(join(folder, 'models', MODEL), { recursive: true });
    const weights = join(folder, 'models', MODEL, 'weights.safetensors');
    linkPhotos(lfwPhotos(crops), join(folder, 'photos'));
    await runStudio([
      'align',
      join(folder, 'photos'),
      join(folder, 'crops'),
      '--engine',
      'cpu',
      ...SEED_CROPS,
    ]);
    // Only now: the first command builds the program anew where sources changed, and clears its folder.
    programs = await buildPrograms({ rate: 'bench/support/embedding-rate.mjs' });
    const best = { single: 0, batch: 0, peerSingle: 0, peerBatch: 0, matMul: 0, command: 0, multiplyAdds: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      // Our own programs' output.
      const ours = /** @type {OurRates} */ (
        await measure(process.execPath, [programs.program('rate'), String(BATCH), seconds, weights])
      );
      registerModel(folder, weights);
      const script = join(PROJECT, 'bench', 'peers', 'facenet_pytorch_embed.py');
      const peer = /** @type {Rates} */ (await measure(python, [script, cores, String(BATCH), seconds]));
      const output = join(folder, 'vectors.npy');
      const command = await runStudio([
        'embed',
        join(folder, 'crops'),
        '--model',
        MODEL,
        '--output',
        output,
        '--engine',
        'cpu',
      ]);
      best.single = Math.max(best.single, ours.single);
      best.batch = Math.max(best.batch, ours.batch);
      best.matMul = Math.max(best.matMul, ours.matMul);
      best.multiplyAdds = ours.multiplyAdds;
      best.peerSingle = Math.max(best.peerSingle, peer.single);
      best.peerBatch = Math.max(best.peerBatch, peer.batch);
      best.command = Math.max(best.command, command.imagesPerSecond);
    }
    const ratio = (/** @type {number} */ a, /** @type {number} */ b) => fixed(a / b, 2);
    console.log(`Inception-ResNet-v1, 160 x 160, ${cores} cores, best of ${String(ROUNDS)}`);
    console.log(`                          singly      batch of ${String(BATCH)}`);
    console.log(`  facenet-studio          ${fixed(best.single)}        ${fixed(best.batch)} images/s`);
    console.log(
      `  facenet-pytorch         ${fixed(best.peerSingle)}        ${fixed(best.peerBatch)} images/s`,
    );
    console.log(
      `  ratio                   ${ratio(best.single, best.peerSingle)}        ${ratio(best.batch, best.peerBatch)}`,
    );
    console.log(
      `  multiply-adds           ${fixed((best.batch * best.multiplyAdds) / 1e9)} G/s of ${fixed(best.matMul / 1e9)} G/s of a large matMul: ` +
        ratio(best.batch * best.multiplyAdds, best.matMul),
    );
    console.log(
      `  whole embed command     ${fixed(best.command)} crops/s (${String(crops)} crops): ${ratio(best.command, best.batch)} of the bare network`,
    );
  } finally {
    programs?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};
