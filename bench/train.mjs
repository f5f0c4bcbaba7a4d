/**
 * Training steps of Inception-ResNet-v1 (softmax over 1,000 classes, weight decay, prelogits norm, centre loss, ADAM), beside the same
 * step in Python TensorFlow of the same version as one graph, and beside facenet-pytorch's network with softmax and Adam; on all cores
 * of this machine without its GPU. Options: --batch N (default 32), --steps N (default 4 in each of 3 rounds; the median counts).
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildPrograms } from './support/build-programs.mjs';
import { fixed, numberOption, peerPython, PROJECT } from './support/programs.mjs';

const ROUNDS = 3;
const TENSORFLOW = ['tensorflow-cpu==2.21.0'];
const PYTORCH = ['facenet-pytorch==2.6.0'];

/**
 * Seconds of each step that a program measured.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<number[]>}
 */
const secondsOf = (program, args) =>
  new Promise((done, fail) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, CUDA_VISIBLE_DEVICES: '-1', TF_CPP_MIN_LOG_LEVEL: '3' },
    });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout.on('data', (/** @type {Buffer} */ part) => output.push(part));
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done(JSON.parse(Buffer.concat(output).toString('utf8')).seconds);
      else fail(new Error(`${program} ${args.join(' ')} ended with ${String(code)}.`));
    });
  });

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** @param {readonly string[]} args */
export const run = async (args) => {
  const batch = numberOption(args, '--batch', 32);
  const steps = numberOption(args, '--steps', 4);
  const cores = availableParallelism();
  const tensorflow = await peerPython('tensorflow-2.21', TENSORFLOW);
  const pytorch = await peerPython('facenet-pytorch', PYTORCH);
  const programs = await buildPrograms({ steps: 'test/support/training-steps.ts' });
  const numbers = [String(batch), String(steps)];
  const peers = join(PROJECT, 'bench', 'peers');
  /** @type {Record<string, () => Promise<number[]>>} */
  const measured = {
    'facenet-studio': () => secondsOf(process.execPath, [programs.program('steps'), ...numbers]),
    'TensorFlow 2.21, Python, one graph': () =>
      secondsOf(tensorflow, [join(peers, 'tensorflow_training.py'), ...numbers]),
    'facenet-pytorch': () =>
      secondsOf(pytorch, [join(peers, 'facenet_pytorch_training.py'), ...numbers, String(cores)]),
  };
  try {
    /** @type {Record<string, number[]>} */
    const seconds = {};
    // In turns: what else goes on on the machine is the same for all.
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [name, measure] of Object.entries(measured))
        seconds[name] = [...(seconds[name] ?? []), ...(await measure())];
    const own = median(seconds['facenet-studio'] ?? []);
    console.log(
      `Inception-ResNet-v1, batch ${String(batch)} at 160 x 160, ${String(cores)} cores, median of ${String(ROUNDS * steps)} steps`,
    );
    for (const [name, values] of Object.entries(seconds)) {
      const peer = median(values);
      console.log(
        `  ${name.padEnd(38)}${fixed(batch / peer)} images/s, ${fixed(peer, 2)} s a step, ratio ${fixed(peer / own, 2)}`,
      );
    }
  } finally {
    programs.remove();
  }
};
