/**
 * The exact neighbour graph (k = 50) of 450,000 vectors of 128 beside FAISS's exact index on the same vectors, which is asked for a part of them.
 * Options: --vectors N, --queries N (how many the peer is asked for), --threads N.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPrograms } from './support/build-programs.mjs';
import { fixed, numberOption, peerPython, residentMegabytes, runProgram } from './support/programs.mjs';

const PEER = ['faiss-cpu==1.15.1', 'numpy==2.4.6'];
const DIMENSIONS = 128;
const NEIGHBOURS = 50;
/** About as many faces as CASIA has of one person. */
const FACES_OF_PERSON = 43;
const PROMISED = { minutes: 15, megabytes: 4000 };

/** Vectors around as many centres as there are people, like embeddings: the same ones for the same count. */
const makeVectors = (/** @type {number} */ count) => {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24 - 0.5;
  };
  const people = Math.ceil(count / FACES_OF_PERSON);
  const centres = Float32Array.from({ length: people * DIMENSIONS }, random);
  const values = new Float32Array(new SharedArrayBuffer(count * DIMENSIONS * 4));
  for (let i = 0; i < values.length; i += 1) {
    const person = Math.floor(i / DIMENSIONS) % people;
    values[i] = (centres[person * DIMENSIONS + (i % DIMENSIONS)] ?? 0) + random() / 2;
  }
  return { count, dimensions: DIMENSIONS, values };
};

/** @param {readonly string[]} args */
export const run = async (args) => {
  const count = numberOption(args, '--vectors', 450_000);
  const queries = Math.min(count, numberOption(args, '--queries', 20_000));
  const threads = numberOption(args, '--threads', availableParallelism());
  const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-bench-'));
  const built = await buildPrograms({ find: 'src/node/neighbours/find.ts' });
  try {
    /** @type {typeof import('../src/node/neighbours/find.ts')} */
    const { findNeighbours } = await import(built.program('find'));
    const python = await peerPython('faiss', PEER);
    const vectors = makeVectors(count);
    const file = join(folder, 'vectors.f32');
    writeFileSync(file, new Uint8Array(vectors.values.buffer));
    const before = residentMegabytes(process.pid);
    let megabytes = before;
    const start = performance.now();
    const graph = await findNeighbours(vectors, {
      k: NEIGHBOURS,
      threads,
      onProgress: () => {
        megabytes = Math.max(megabytes, residentMegabytes(process.pid));
      },
    });
    const seconds = (performance.now() - start) / 1000;
    const { code, stdout } = await runProgram(
      python,
      [
        join(import.meta.dirname, 'peers', 'faiss_neighbours.py'),
        ...[file, count, DIMENSIONS, NEIGHBOURS, queries, threads].map(String),
      ],
      { show: true },
    );
    if (code !== 0) throw new Error(`The peer ended with ${String(code)}.`);
    /** What the peer prints. */
    const peer = /** @type {{ seconds: number, version: string }} */ (JSON.parse(stdout));
    const bytes = readFileSync(`${file}.peer`);
    const theirs = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    let same = 0;
    for (let row = 0; row < queries; row += 1) {
      const own = new Set(graph.indices.subarray(row * graph.k, (row + 1) * graph.k));
      for (const index of theirs.subarray(row * (NEIGHBOURS + 1), (row + 1) * (NEIGHBOURS + 1)))
        if (index !== row && own.has(index)) same += 1;
    }
    const rate = count / seconds;
    const peerRate = queries / peer.seconds;
    const products = (count * DIMENSIONS) / 1e9;
    console.log(
      `${count.toLocaleString('en-US')} vectors of ${String(DIMENSIONS)}, k = ${String(NEIGHBOURS)}, ${String(threads)} threads:`,
    );
    console.log(
      `facenet-studio  ${fixed(seconds)} s (asked: under ${String(PROMISED.minutes)} minutes), ${fixed(rate, 0)} vectors/s, ${fixed(rate * products)} thousand million products/s`,
    );
    console.log(
      `                memory of the process at most ${fixed(megabytes, 0)} MB (asked: under ${String(PROMISED.megabytes)} MB), ${fixed(before, 0)} MB of it before`,
    );
    console.log(
      `FAISS ${peer.version}    ${fixed(peerRate, 0)} vectors/s over ${queries.toLocaleString('en-US')} queries, ${fixed(count / peerRate)} s for all at that rate; ours is ${fixed(rate / peerRate, 2)} times as fast`,
    );
    console.log(`Recall against it: ${fixed(same / queries / NEIGHBOURS, 6)}`);
  } finally {
    built.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};
