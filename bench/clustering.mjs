/**
 * Clustering: on LFW the three algorithms beside scikit-learn's DBSCAN and HDBSCAN, same vectors, same parameters, one run, measured by the
 * labels that were hidden; and time and memory on generated vectors of 128, each size in a process of its own.
 * Options: --embeddings FILE.npy (LFW's, with FILE.txt or FILE.json that names the file of each row; left out: no LFW), --vectors N,N,...
 * (default 50000,100000,200000,450000; 0: none). Needs a build ("npm run build"), whose threads it uses.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildClustering } from './support/clustering-programs.mjs';
import { generateFaces } from './support/generated-faces.mjs';
import { fixed, peerPython, PROJECT, runProgram } from './support/programs.mjs';

/**
 * @typedef {import('../src/core/clustering/cluster-faces.ts').ClusterSettings} Settings
 * @typedef {import('../src/core/clustering/quality.ts').ClusterQuality} Quality
 * @typedef {import('../src/core/neighbours/graph.ts').Vectors} Vectors
 * @typedef {{ seconds: number, labels: number[], cores: number[] }} Peer
 * @typedef {Awaited<ReturnType<typeof buildClustering>>} Programs
 */

const PEER = ['scikit-learn==1.9.1', 'numpy==2.4.6'];
const DIMENSIONS = 128;
const NEIGHBOURS = 50;
const LEAST_IMAGES = 10;
const SIZES = '50000,100000,200000,450000';
const PROMISED = { minutes: 20, megabytes: 4000 };

/** Round values over the range in which the default embedder's clusters go from too many to too few. @type {readonly Settings[]} */
const LFW_SETTINGS = [
  ...[0.34, 0.38, 0.42].flatMap((eps) =>
    [1, 3].map((minSamples) => /** @type {Settings} */ ({ algorithm: 'dbscan', eps, minSamples })),
  ),
  ...[0.94, 0.95, 0.96].map(
    (threshold) =>
      /** @type {Settings} */ ({ algorithm: 'chinese-whispers', threshold, iterations: 20, seed: 0 }),
  ),
  { algorithm: 'hdbscan', minClusterSize: 2, minSamples: 2 },
  { algorithm: 'hdbscan', minClusterSize: 3, minSamples: 3 },
  { algorithm: 'hdbscan', minClusterSize: 5, minSamples: 5 },
];

/** @type {readonly Settings[]} */
const GENERATED_SETTINGS = [
  { algorithm: 'dbscan', eps: 0.9, minSamples: 3 },
  { algorithm: 'chinese-whispers', threshold: 0.6, iterations: 20, seed: 0 },
  { algorithm: 'hdbscan', minClusterSize: 2, minSamples: 2 },
];

/** @param {Settings} settings */
const nameOf = (settings) => {
  switch (settings.algorithm) {
    case 'dbscan':
      return `DBSCAN, eps ${fixed(settings.eps, 2)}, ${String(settings.minSamples)} samples`;
    case 'chinese-whispers':
      return `Chinese whispers, above ${fixed(settings.threshold, 2)}`;
    case 'hdbscan':
      return `HDBSCAN, ${String(settings.minClusterSize)} faces, ${String(settings.minSamples)} samples`;
  }
};

/**
 * @param {string} name
 * @param {Quality} quality
 * @param {number} seconds
 * @param {string} note
 */
const tell = (name, quality, seconds, note = '') => {
  const { pairwisePrecision, pairwiseRecall, pairwiseF, bcubedPrecision, bcubedRecall, bcubedF, nmi } =
    quality;
  const figures = [pairwisePrecision, pairwiseRecall, pairwiseF, bcubedPrecision, bcubedRecall, bcubedF, nmi]
    .map((value) => fixed(value, 4))
    .join('  ');
  console.log(`${name.padEnd(44)} ${figures}  ${fixed(seconds, 2).padStart(7)} s  ${note}`);
};

/** LFW's vectors and who each is. @param {string} file */
const readLfw = (file) => {
  const bytes = readFileSync(file);
  const header = bytes.toString('latin1', 10, 10 + bytes.readUInt16LE(8));
  const [, rows, columns] = /'<f4'.*False.*\((\d+), (\d+)\)/.exec(header) ?? [];
  if (rows === undefined || columns === undefined) throw new Error(`${file} holds no float32 rows.`);
  const from = bytes.byteOffset + 10 + header.length;
  const values = new Float32Array(bytes.buffer.slice(from, from + Number(rows) * Number(columns) * 4));
  const names = readFileSync(file.replace(/\.npy$/, '.txt'), 'utf8')
    .trim()
    .split('\n');
  return {
    vectors: { count: Number(rows), dimensions: Number(columns), values },
    people: names.map((name) => name.split('/')[0] ?? ''),
  };
};

/**
 * Those of people with at least so many images.
 * @param {ReturnType<typeof readLfw>} all
 * @param {number} least
 */
const frequent = ({ vectors, people }, least) => {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const person of people) counts.set(person, (counts.get(person) ?? 0) + 1);
  const kept = [...people.keys()].filter((row) => (counts.get(people[row] ?? '') ?? 0) >= least);
  const { dimensions } = vectors;
  const values = new Float32Array(kept.length * dimensions);
  kept.forEach((row, place) => {
    values.set(vectors.values.subarray(row * dimensions, (row + 1) * dimensions), place * dimensions);
  });
  return {
    vectors: { count: kept.length, dimensions, values },
    people: kept.map((row) => people[row] ?? ''),
  };
};

/** @param {readonly string[]} people */
const numbersOf = (people) => {
  const numbers = new Map([...new Set(people)].map((person, number) => [person, number]));
  return people.map((person) => numbers.get(person) ?? 0);
};

/** @param {Vectors} vectors @param {string} file */
const writeVectors = ({ count, dimensions, values }, file) => {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${String(count)}, ${String(dimensions)}), }`;
  const header = Buffer.alloc(118, ' ');
  header.write(text);
  header.write('\n', 117);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  writeFileSync(file, Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, data]));
};

/** @param {string} file @returns {Promise<{ version: string, results: Peer[] }>} one for each of LFW's settings but Chinese whispers */
const runPeer = async (file) => {
  const python = await peerPython('clustering', PEER);
  const wanted = LFW_SETTINGS.flatMap((settings) =>
    settings.algorithm === 'dbscan'
      ? [['dbscan', settings.eps, settings.minSamples]]
      : settings.algorithm === 'hdbscan'
        ? [['hdbscan', settings.minClusterSize, settings.minSamples]]
        : [],
  );
  const script = join(PROJECT, 'bench', 'peers', 'sklearn_clustering.py');
  const { code, stdout } = await runProgram(python, [script, file, JSON.stringify(wanted)], { show: true });
  if (code !== 0) throw new Error(`The peer ended with ${String(code)}.`);
  return JSON.parse(stdout);
};

/** Noise as clusters of one. @param {readonly number[]} labels */
const withSingles = (labels) => labels.map((label, row) => (label < 0 ? -1 - row : label));

/**
 * How DBSCAN's clusters differ from the peer's: core faces and noise must be grouped alike.
 * @param {Programs} programs
 * @param {ArrayLike<number>} own
 * @param {Peer} peer
 */
const compareDbscan = ({ measureClusters }, own, { labels, cores }) => {
  const isCore = new Set(cores);
  const sure = [...labels.keys()].filter((row) => isCore.has(row) || (labels[row] ?? 0) < 0);
  const theirs = withSingles(labels);
  const { pairwiseF, nmi } = measureClusters(
    sure.map((row) => own[row] ?? 0),
    sure.map((row) => theirs[row] ?? 0),
  );
  const border = labels.length - sure.length;
  return pairwiseF === 1 && nmi > 1 - 1e-9 ? `the same, ${String(border)} border faces aside` : 'DIFFERENT';
};

/**
 * @param {Programs} programs
 * @param {string} title
 * @param {ReturnType<typeof readLfw>} lfw
 * @param {string} folder
 */
const measureLfw = async (programs, title, { vectors, people }, folder) => {
  const truth = numbersOf(people);
  console.log(
    `\n${title}: ${vectors.count.toLocaleString('en-US')} faces of ${String(new Set(people).size)} people`,
  );
  console.log(`${''.padEnd(44)} pair P  pair R  pair F  B3 P    B3 R    B3 F    NMI`);
  const file = join(folder, 'vectors.npy');
  writeVectors(vectors, file);
  const { version, results } = await runPeer(file);
  const start = performance.now();
  const graph = await programs.findNeighbours(vectors, { k: NEIGHBOURS });
  console.log(
    `Neighbour graph, k = ${String(NEIGHBOURS)}: ${fixed((performance.now() - start) / 1000, 2)} s`,
  );
  for (const settings of LFW_SETTINGS) {
    const { faces } = programs.facesOf(vectors, graph);
    const begun = performance.now();
    const { labels } = await programs.findClusters(faces, settings);
    const seconds = (performance.now() - begun) / 1000;
    const peer = settings.algorithm === 'chinese-whispers' ? undefined : results.shift();
    const note =
      peer !== undefined && settings.algorithm === 'dbscan' ? compareDbscan(programs, labels, peer) : '';
    tell(nameOf(settings), programs.measureClusters(labels, truth), seconds, note);
    if (peer === undefined) continue;
    const theirs = withSingles(peer.labels);
    const agreement = programs.measureClusters(labels, theirs).pairwiseF;
    tell(
      `  scikit-learn ${version}`,
      programs.measureClusters(theirs, truth),
      peer.seconds,
      `pairwise F between both ${fixed(agreement, 4)}`,
    );
  }
};

/** In a process of its own: one size of generated vectors. @param {number} count */
const measureGenerated = async (count) => {
  const programs = await buildClustering();
  try {
    const { vectors, people } = generateFaces(count, DIMENSIONS);
    const start = performance.now();
    const graph = await programs.findNeighbours(vectors, { k: NEIGHBOURS });
    const graphSeconds = (performance.now() - start) / 1000;
    console.log(
      `\n${count.toLocaleString('en-US')} vectors, ${String((people.at(-1) ?? 0) + 1)} people: neighbour graph ${fixed(graphSeconds)} s`,
    );
    for (const settings of GENERATED_SETTINGS) {
      const { faces, counted } = programs.facesOf(vectors, graph);
      const begun = performance.now();
      const { labels } = await programs.findClusters(faces, settings);
      const seconds = (performance.now() - begun) / 1000;
      const megabytes = process.resourceUsage().maxRSS / 1024;
      const { pairwiseF } = programs.measureClusters(labels, people);
      console.log(
        `${nameOf(settings).padEnd(44)} ${fixed(seconds).padStart(7)} s, with the graph ${fixed((seconds + graphSeconds) / 60)} minutes (asked: under ${String(PROMISED.minutes)}); ` +
          `memory so far at most ${fixed(megabytes, 0)} MB (asked: under ${String(PROMISED.megabytes)}); ${counted.rows.toLocaleString('en-US')} searches beyond the graph; pairwise F ${fixed(pairwiseF, 4)}`,
      );
    }
  } finally {
    programs.remove();
  }
};

/** @param {readonly string[]} args @param {string} name */
const textOption = (args, name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);

/** @param {readonly string[]} args */
export const run = async (args) => {
  const alone = textOption(args, '--one-size');
  if (alone !== undefined) {
    await measureGenerated(Number(alone));
    return;
  }
  const embeddings = textOption(args, '--embeddings');
  if (embeddings === undefined) console.log('LFW is left out: name its vectors with --embeddings.');
  else {
    const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-bench-'));
    const programs = await buildClustering();
    try {
      const lfw = readLfw(embeddings);
      await measureLfw(
        programs,
        `LFW, people with ${String(LEAST_IMAGES)} or more images`,
        frequent(lfw, LEAST_IMAGES),
        folder,
      );
      await measureLfw(programs, 'All of LFW', lfw, folder);
    } finally {
      programs.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  for (const size of (textOption(args, '--vectors') ?? SIZES).split(',').map(Number)) {
    if (size === 0) continue;
    const script = [join(PROJECT, 'bench', 'run.mjs'), 'clustering', '--one-size', String(size)];
    const { code, stdout } = await runProgram(process.execPath, script, { show: true });
    process.stdout.write(stdout);
    if (code !== 0) throw new Error(`The run of ${String(size)} vectors ended with ${String(code)}.`);
  }
};
