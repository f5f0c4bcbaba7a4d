/**
 * What cleaning finds on LFW: the published errors in each queue, injected flips, and what a classifier gains from accepted proposals.
 * Options: --crops FOLDER and --embeddings FILE.npy with the file names beside it (else LFW is aligned and embedded, which takes some minutes);
 * --sheets FOLDER writes the first 100 of each queue as pictures to look at.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPrograms } from './support/build-programs.mjs';
import { writeContactSheet } from './support/contact-sheet.mjs';
import {
  createRandom,
  flipLabels,
  judgeProposals,
  nearestCentreAccuracy,
} from './support/label-experiments.mjs';
import { fixed, SHARED } from './support/programs.mjs';

/**
 * @typedef {import('../src/core/cleaning/labelled-faces.ts').Evidence} Evidence
 * @typedef {import('../src/core/cleaning/mislabels.ts').Mislabel} Mislabel
 * @typedef {import('../src/studio/cleaning/embedded-folder.ts').NamedFaces} NamedFaces
 * @typedef {{
 *   wrong_identity: readonly { image: string, actual: string }[],
 *   two_people_under_one_name: readonly { name: string }[],
 *   same_person_two_names: readonly (readonly [string, string])[],
 * }} Errata
 */

const PLACES = [25, 50, 200, 1000];
const LARGE = 10;
const SHARES = [0.01, 0.05, 0.2];
const SEEDS = [1, 2, 3];
const HELD_OUT = 0.3;
const LOOKED_AT = 100;

/** @param {string} file */
const imageOf = (file) => (file.split('/')[1] ?? '').replace(/\.\w+$/, '');
/** @param {string} image */
const nameOf = (image) => image.replace(/_\d+$/, '');

/** @param {readonly string[]} args @param {string} name */
const textOption = (args, name) => (args.includes(name) ? (args[args.indexOf(name) + 1] ?? null) : null);

/** @param {readonly number[]} ranks counted from 1 @param {readonly number[]} places */
const within = (ranks, places) =>
  places
    .map((place) => `${String(ranks.filter((rank) => rank <= place).length)} in ${String(place)}`)
    .join(', ');

/**
 * @param {Evidence} evidence
 * @param {readonly number[]} order of faces
 * @param {NamedFaces} faces
 * @param {Errata} errata
 */
const ranksOfWrong = ({ members, identityOf }, order, { files }, { wrong_identity }) => {
  const rankOf = new Map(order.map((face, place) => [face, place + 1]));
  const faceOf = new Map(files.map((file, face) => [imageOf(file), face]));
  return wrong_identity.flatMap(({ image }) => {
    const face = faceOf.get(image) ?? -1;
    const own = members[identityOf[face] ?? -1] ?? new Int32Array(0);
    if (own.length < 2) return [];
    // In an identity of two either one may be called wrong.
    const counted = own.length === 2 ? [...own] : [face];
    return [{ image, rank: Math.min(...counted.map((each) => rankOf.get(each) ?? Infinity)) }];
  });
};

/** The plain score of the issue: the middle distance to the own identity less that to the nearest face of another. @param {Evidence} evidence */
const plainOrder = ({ vectors, graph, identityOf, members }) => {
  const { values, dimensions } = vectors;
  const scores = Float64Array.from(identityOf, (identity, face) => {
    const own = [...(members[identity] ?? [])].filter((other) => other !== face);
    if (own.length === 0) return -Infinity;
    const distances = own
      .map((other) => {
        let sum = 0;
        for (let d = 0; d < dimensions; d += 1)
          sum += ((values[face * dimensions + d] ?? 0) - (values[other * dimensions + d] ?? 0)) ** 2;
        return Math.sqrt(sum);
      })
      .sort((a, b) => a - b);
    const half = distances.length / 2;
    const middle = ((distances[Math.ceil(half) - 1] ?? 0) + (distances[Math.floor(half)] ?? 0)) / 2;
    for (let at = face * graph.k; at < (face + 1) * graph.k; at += 1)
      if (identityOf[graph.indices[at] ?? 0] !== identity) return middle - (graph.distances[at] ?? 0);
    return middle - (graph.distances[(face + 1) * graph.k - 1] ?? 0);
  });
  return [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
};

const openPrograms = async () => {
  const built = await buildPrograms({
    folder: 'src/studio/cleaning/embedded-folder.ts',
    evidence: 'src/studio/cleaning/evidence.ts',
    find: 'src/node/neighbours/find.ts',
    labelled: 'src/core/cleaning/labelled-faces.ts',
    samePerson: 'src/core/cleaning/same-person.ts',
    mislabels: 'src/core/cleaning/mislabels.ts',
    identities: 'src/core/cleaning/duplicate-identities.ts',
    mixed: 'src/core/cleaning/mixed-identities.ts',
    duplicates: 'src/core/cleaning/duplicates.ts',
  });
  /** @type {typeof import('../src/studio/cleaning/embedded-folder.ts')} */
  const folder = await import(built.program('folder'));
  /** @type {typeof import('../src/studio/cleaning/evidence.ts')} */
  const evidence = await import(built.program('evidence'));
  /** @type {typeof import('../src/node/neighbours/find.ts')} */
  const find = await import(built.program('find'));
  /** @type {typeof import('../src/core/cleaning/labelled-faces.ts')} */
  const labelled = await import(built.program('labelled'));
  /** @type {typeof import('../src/core/cleaning/same-person.ts')} */
  const samePerson = await import(built.program('samePerson'));
  /** @type {typeof import('../src/core/cleaning/mislabels.ts')} */
  const mislabels = await import(built.program('mislabels'));
  /** @type {typeof import('../src/core/cleaning/duplicate-identities.ts')} */
  const identities = await import(built.program('identities'));
  /** @type {typeof import('../src/core/cleaning/mixed-identities.ts')} */
  const mixed = await import(built.program('mixed'));
  /** @type {typeof import('../src/core/cleaning/duplicates.ts')} */
  const duplicates = await import(built.program('duplicates'));
  return {
    use: {
      ...folder,
      ...evidence,
      ...find,
      ...labelled,
      ...samePerson,
      ...mislabels,
      ...identities,
      ...mixed,
      ...duplicates,
    },
    remove: built.remove,
  };
};

/**
 * @typedef {Awaited<ReturnType<typeof openPrograms>>['use']} Programs
 * @param {Programs} use
 * @param {Evidence} evidence
 */
const learned = (use, evidence) => {
  const model = use.learnSamePerson(evidence);
  if (model === null) throw new Error('LFW has enough pairs to learn from.');
  return model;
};

/** @param {Programs} use @param {Evidence} evidence @param {NamedFaces} faces */
const rankAll = (use, evidence, faces) => {
  const model = learned(use, evidence);
  return {
    mislabels: use.rankMislabels(evidence, model),
    identities: use.rankDuplicateIdentities(evidence, model),
    mixed: use.rankMixedIdentities(evidence, model),
    duplicates: use.rankDuplicates(evidence, { contentOf: faces.files.map(() => null) }, model),
  };
};

/**
 * @param {ReturnType<typeof rankAll>} queues
 * @param {Evidence} evidence
 * @param {NamedFaces} faces
 */
const reportErrata = (queues, evidence, faces) => {
  const text = readFileSync(join(SHARED, 'data', 'lfw-lists', 'errata.json'), 'utf8');
  /** LFW's own list. */
  const errata = /** @type {Errata} */ (JSON.parse(text));
  const ours = ranksOfWrong(
    evidence,
    queues.mislabels.map(({ face }) => face),
    faces,
    errata,
  );
  const plain = ranksOfWrong(evidence, plainOrder(evidence), faces, errata);
  console.log(
    `\n${String(ours.length)} published wrong labels in identities of several, in the queue of ${String(queues.mislabels.length)}:`,
  );
  console.log(
    `  this queue   ${within(
      ours.map(({ rank }) => rank),
      PLACES,
    )}`,
  );
  console.log(
    `  plain score  ${within(
      plain.map(({ rank }) => rank),
      PLACES,
    )}`,
  );
  for (const { image, rank } of ours.sort((a, b) => a.rank - b.rank))
    console.log(`    ${String(rank).padStart(6)}  ${image}`);
  /** @param {string} a @param {string} b */
  const rankOfPair = (a, b) =>
    queues.identities.findIndex(({ identities }) => {
      const names = identities.map((identity) => faces.identities[identity]);
      return names.includes(a) && names.includes(b);
    }) + 1 || Infinity;
  const lone = errata.wrong_identity.filter(
    ({ image }) => (evidence.members[faces.identities.indexOf(nameOf(image))]?.length ?? 0) === 1,
  );
  const loneRanks = lone.map(({ image, actual }) => ({ image, rank: rankOfPair(nameOf(image), actual) }));
  console.log(
    `\n${String(lone.length)} that are alone, with the right person in the queue of ${String(queues.identities.length)} pairs of identities: ${within(
      loneRanks.map(({ rank }) => rank),
      [10, 40, 100],
    )}`,
  );
  for (const { image, rank } of loneRanks.sort((a, b) => a.rank - b.rank))
    console.log(`    ${String(rank).padStart(6)}  ${image}`);
  console.log(
    `    ${String(rankOfPair('Claire_Hentzen', 'Morgan_Hentzen')).padStart(6)}  Claire_Hentzen and Morgan_Hentzen (both images wrong)`,
  );
  console.log('People under two names:');
  for (const [a, b] of errata.same_person_two_names)
    console.log(`    ${String(rankOfPair(a, b)).padStart(6)}  ${a} and ${b}`);
  console.log(`Two people under one name, of ${String(queues.mixed.length)} identities:`);
  for (const { name } of errata.two_people_under_one_name)
    console.log(
      `    ${String(queues.mixed.findIndex(({ identity }) => faces.identities[identity] === name) + 1).padStart(6)}  ${name}`,
    );
};

/** @param {Evidence} evidence */
const facesOfLarge = ({ members }) =>
  members.filter(({ length }) => length >= LARGE).flatMap((own) => [...own]);

/** @param {Programs} use @param {Evidence} evidence */
const reportFlips = (use, evidence) => {
  const large = facesOfLarge(evidence);
  const isLarge = new Set(large);
  console.log(
    `\nRandom flips among ${String(large.length)} faces of identities with ${String(LARGE)} or more, within all of LFW; a proposal counts as right with the right identity:`,
  );
  for (const share of SHARES)
    for (const seed of SEEDS) {
      const { flipped, wrong } = flipLabels(
        evidence.identityOf,
        large,
        Math.round(share * large.length),
        createRandom(seed),
      );
      const noisy = { ...evidence, identityOf: flipped };
      const changed = { ...noisy, members: use.membersOf(noisy) };
      const ranked = use
        .rankMislabels(changed, learned(use, changed))
        .filter(({ face }) => isLarge.has(face));
      const flips = judgeProposals(
        ranked.filter(({ kind }) => kind === 'flip'),
        wrong,
        evidence.identityOf,
      );
      const sure = judgeProposals(
        ranked.filter(({ isSure }) => isSure),
        wrong,
        evidence.identityOf,
      );
      console.log(
        `  ${fixed(share * 100, 0)} %, seed ${String(seed)}: ${String(wrong.size)} flips; flips of the queue: precision ${fixed(flips.precision, 3)}, recall ${fixed(flips.recall, 3)}; the sure ones: ${fixed(sure.precision, 3)}, ${fixed(sure.recall, 3)}`,
      );
    }
};

/** @param {Programs} use @param {Evidence} evidence @param {NamedFaces} faces */
const reportLoop = async (use, evidence, faces) => {
  console.log(
    '\nThe loop: a fifth of the labels flipped, sure proposals accepted, nearest centre, accuracy on faces held out:',
  );
  const large = facesOfLarge(evidence);
  for (const seed of SEEDS) {
    const random = createRandom(seed + 100);
    const heldOut = large.filter(() => random() < HELD_OUT);
    const isHeldOut = new Set(heldOut);
    const kept = large.filter((face) => !isHeldOut.has(face));
    const { flipped, wrong } = flipLabels(evidence.identityOf, kept, Math.round(0.2 * kept.length), random);
    const { dimensions } = evidence.vectors;
    const values = new Float32Array(kept.length * dimensions);
    kept.forEach((face, row) => {
      values.set(
        evidence.vectors.values.subarray(face * dimensions, (face + 1) * dimensions),
        row * dimensions,
      );
    });
    const part = {
      ...faces,
      vectors: { count: kept.length, dimensions, values },
      identityOf: Int32Array.from(kept, (face) => flipped[face] ?? -1),
    };
    const graph = await use.findNeighbours(part.vectors, { k: use.NEIGHBOURS });
    const noisy = { ...part, graph, members: use.membersOf(part) };
    const repaired = flipped.slice();
    const accepted = use.rankMislabels(noisy, learned(use, noisy)).filter(({ isSure }) => isSure);
    for (const { face, proposed } of accepted) repaired[kept[face] ?? -1] = proposed?.identity ?? -1;
    const accuracy = (/** @type {Int32Array} */ labels) =>
      fixed(100 * nearestCentreAccuracy(evidence.vectors, labels, kept, heldOut, evidence.identityOf), 2);
    const left = kept.filter((face) => repaired[face] !== evidence.identityOf[face]).length;
    console.log(
      `  seed ${String(seed)}: ${String(kept.length)} faces, ${String(wrong.size)} wrong; ${String(accepted.length)} accepted, ${String(left)} wrong after; accuracy on ${String(heldOut.length)}: ${accuracy(flipped)} % before, ${accuracy(repaired)} % after, ${accuracy(evidence.identityOf)} % with right labels`,
    );
  }
};

/**
 * @param {string} folder
 * @param {string} crops
 * @param {ReturnType<typeof rankAll>} queues
 * @param {NamedFaces} faces
 */
const writeSheets = async (folder, crops, queues, faces) => {
  mkdirSync(folder, { recursive: true });
  /** @param {readonly (number | undefined)[]} chosen */
  const filesOf = (chosen) =>
    chosen.flatMap((face) =>
      face === undefined ? [] : [(faces.files[face] ?? '').replace(/\.\w+$/, '.png')],
    );
  const rows = {
    mislabels: queues.mislabels.map(({ face, own, other }) =>
      filesOf([face, own[0]?.face, own[1]?.face, other?.references[0]?.face, other?.references[1]?.face]),
    ),
    identities: queues.identities.map(({ evidence }) =>
      filesOf(evidence.slice(0, 2).flatMap(({ faces: pair }) => pair)),
    ),
    mixed: queues.mixed.map(({ groups: [rest, split] }) =>
      filesOf([...split.slice(0, 2), ...rest.slice(0, 3)]),
    ),
    duplicates: queues.duplicates.map(({ faces: pair }) => filesOf(pair)),
  };
  for (const [name, all] of Object.entries(rows))
    for (let from = 0; from < Math.min(LOOKED_AT, all.length); from += 50) {
      const numbered = all
        .slice(from, Math.min(from + 50, LOOKED_AT))
        .map((files, at) => ({ number: from + at + 1, files }));
      await writeContactSheet(join(folder, `${name}-${String(from + 1)}.png`), crops, numbered, 4);
    }
};

/** @param {readonly string[]} args */
export const run = async (args) => {
  const [crops, embeddings] = [textOption(args, '--crops'), textOption(args, '--embeddings')];
  if (crops === null || embeddings === null)
    throw new Error('Name the aligned LFW with --crops and its vectors with --embeddings.');
  const { use, remove } = await openPrograms();
  try {
    const faces = await use.readEmbeddedFolder({ folder: crops, embeddings, files: null });
    const start = performance.now();
    const graph = await use.findNeighbours(faces.vectors, { k: use.NEIGHBOURS });
    const evidence = { ...faces, graph, members: use.membersOf(faces) };
    const found = performance.now();
    const queues = rankAll(use, evidence, faces);
    console.log(
      `${String(faces.files.length)} faces of ${String(faces.identities.length)} identities: neighbours in ${fixed((found - start) / 1000)} s, all queues in ${fixed((performance.now() - found) / 1000)} s`,
    );
    reportErrata(queues, evidence, faces);
    reportFlips(use, evidence);
    await reportLoop(use, evidence, faces);
    const sheets = textOption(args, '--sheets');
    if (sheets !== null) await writeSheets(sheets, crops, queues, faces);
  } finally {
    remove();
  }
};
