/** Writes workspaces of very many faces by the studio's own code. Is bundled with it, see `buildPrograms`. */
import { createHash } from 'node:crypto';
import { openCatalogue } from '../../src/studio/catalogue/open.ts';
import { writeChanges } from '../../src/studio/edits/decisions.ts';
import { FIELDS } from '../../src/studio/edits/fields.ts';
import { packGeometry, packLandmarks } from '../../src/studio/edits/geometry.ts';
import { appendEntry } from '../../src/studio/edits/journal.ts';
import { labelIdentity } from '../../src/studio/edits/people.ts';
import { workKeyOf } from '../../src/studio/ingest/work-key.ts';
import { createWorkspace } from '../../src/studio/workspace/create.ts';
import { pathsOf } from '../../src/studio/workspace/paths.ts';
import { alignSettings, ensureProperties } from '../../src/studio/workspace/properties.ts';
import { registerSource } from '../../src/studio/workspace/sources.ts';
import { cropFileOf } from './crop-files.mjs';

/**
 * @typedef {import('../../src/studio/catalogue/database.ts').Database} Database
 * @typedef {import('../../src/studio/edits/changes.ts').Change} Change
 * @typedef {{ faces: number, identities: number, sourceFolder: string }} CatalogueSize
 */

const FACES_PER_TRANSACTION = 50_000;
const SEED = 20_180_402;
/** Mulberry32: a small generator with a seed. @param {number} seed */
const createRandom = (seed) => {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    normal,
    /** @param {number} median @param {number} spread of the logarithm */
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
  };
};

/** How many photos each identity has: few with very many, most with some dozens, as in CASIA-WebFace. */
const sharesOf = (
  /** @type {ReturnType<typeof createRandom>} */ random,
  /** @type {number} */ identities,
) => {
  const weights = Array.from({ length: identities }, () => random.logNormal(1, 0.8));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let reached = 0;
  return weights.map((weight) => (reached += weight) / sum);
};

const INSERT_FILE = `INSERT INTO files (id, source_id, path, size_bytes, modified_ns, inode, device, is_missing, identity_id, photo_id)
  VALUES (?, ?, ?, ?, ?, ?, 1, 0, ?, ?)`;
const INSERT_PHOTO = `INSERT INTO photos (id, sha256, work_key, width_px, height_px, conversions, revision) VALUES (?, ?, ?, 250, 250, '[]', 1)`;
const FINISH_PHOTO = 'UPDATE photos SET chosen_face_id = ?, main_file_id = ? WHERE id = ?';
const INSERT_FACE = `INSERT INTO faces (id, photo_id, is_found, score, left_px, top_px, right_px, bottom_px, landmarks, yaw_degrees,
  pitch_degrees, roll_degrees, crop_key, crop_file, crop_bytes, crop_sha256, sharpness, exposure)
  VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 30000, ?, ?, ?)`;

/** @param {number} number */
const hashOf = (number) => {
  const hash = createHash('sha256').update(String(number)).digest();
  // In the order in which they are written, so that writing them takes no longer than it must.
  hash.writeUInt32BE(number, 0);
  return new Uint8Array(hash);
};

/** @param {number} left @param {number} top @param {number} size */
const landmarksIn = (left, top, size) =>
  /** @type {import('../../src/contract/faces.ts').Landmarks} */ ([
    [left + size * 0.3, top + size * 0.4],
    [left + size * 0.7, top + size * 0.4],
    [left + size * 0.5, top + size * 0.6],
    [left + size * 0.35, top + size * 0.8],
    [left + size * 0.65, top + size * 0.8],
  ]);

/**
 * @param {Database} catalogue
 * @param {CatalogueSize} size
 * @param {number} source
 * @param {(done: number) => void} onProgress
 */
const writePhotos = (catalogue, { faces, identities }, source, onProgress) => {
  const random = createRandom(SEED);
  const shares = sharesOf(random, identities);
  const workKey = workKeyOf(alignSettings(catalogue));
  const people = catalogue.transaction(() =>
    shares.map((_, index) => labelIdentity(catalogue, Buffer.from(String(index).padStart(7, '0')))),
  );
  let face = 0;
  let photo = 0;
  let person = 0;
  let firstOfPerson = 0;
  const writeFace = (/** @type {number} */ place) => {
    face += 1;
    const side = Math.min(220, Math.max(20, random.logNormal(95, 0.35)));
    const left = 125 - side / 2 + place * 30;
    const top = 120 - side / 2;
    catalogue.run(
      INSERT_FACE,
      face,
      photo,
      1 - 0.15 * random.uniform() ** 4,
      left,
      top,
      left + side,
      top + side * 1.25,
      packLandmarks(landmarksIn(left, top, side)),
      random.normal() * 18,
      random.normal() * 9,
      random.normal() * 6,
      workKey,
      cropFileOf(face),
      hashOf(face),
      random.logNormal(180, 0.9),
      Math.min(1, Math.max(0, 0.45 + 0.13 * random.normal())),
    );
  };
  const writePhoto = () => {
    photo += 1;
    while (face / faces >= (shares[person] ?? 1) && person < identities - 1) {
      person += 1;
      firstOfPerson = photo - 1;
    }
    catalogue.run(INSERT_PHOTO, photo, hashOf(photo), workKey);
    const path = `${String(person).padStart(7, '0')}/${String(photo - firstOfPerson).padStart(3, '0')}.jpg`;
    const modifiedNs = BigInt(Math.floor(1.2e9 + 3e8 * random.uniform())) * 1_000_000_000n;
    const label = people[person] ?? null;
    catalogue.run(INSERT_FILE, photo, source, Buffer.from(path), 12_000, modifiedNs, photo, label, photo);
    const first = face + 1;
    const found = random.uniform() < 0.06 ? 2 : 1;
    for (let place = 0; place < found && face < faces; place += 1) writeFace(place);
    catalogue.run(FINISH_PHOTO, first, photo, photo);
  };
  while (face < faces) {
    const end = Math.min(faces, face + FACES_PER_TRANSACTION);
    catalogue.transaction(() => {
      while (face < end) writePhoto();
    });
    onProgress(face);
  }
};

/**
 * What somebody who has worked for some weeks has decided: states of a tenth of the faces, identities of a hundredth, boxes of a few.
 * @param {Database} catalogue
 * @param {CatalogueSize} size
 */
const writeDecisions = (catalogue, { faces, identities }) => {
  const random = createRandom(SEED + 1);
  const pick = (/** @type {number} */ share) => {
    /** @type {number[]} */
    const picked = [];
    for (let face = 1; face <= faces; face += 1) if (random.uniform() < share) picked.push(face);
    return picked;
  };
  const stated = pick(0.1);
  const byState = [1, 2, 3, 4, 5].map((code) => ({
    field: /** @type {const} */ ('face.state'),
    before: null,
    after: code,
    subjects: stated.filter((face) => (code === 1 ? face % 8 > 3 : face % 8 === code - 2)),
  }));
  /** @type {Change[]} */
  const moved = Array.from({ length: 20 }, (_, index) => ({
    field: /** @type {const} */ ('face.identity'),
    before: null,
    after: 1 + Math.floor((identities / 20) * index),
    subjects: pick(0.0005),
  }));
  /** @type {Change[]} */
  const unique = [];
  const seen = new Set();
  for (const change of moved) {
    const subjects = change.subjects.filter((face) => !seen.has(face));
    for (const face of subjects) seen.add(face);
    unique.push({ ...change, subjects });
  }
  const drawn = pick(0.0005).map((face) => ({
    field: /** @type {const} */ ('face.geometry'),
    before: null,
    after: packGeometry({ box: [60, 60, 160, 180], landmarks: landmarksIn(60, 60, 100), rotationDegrees: 0 }),
    subjects: [face],
  }));
  const steps = /** @type {const} */ ([
    ['mark', 'Marked faces.', byState],
    ['move', 'Moved faces.', unique],
    ['edit-face', 'Changed the box or the landmarks of faces.', drawn],
  ]);
  for (const [kind, label, changes] of steps)
    catalogue.transaction(() => {
      writeChanges(catalogue, changes);
      appendEntry(catalogue, { atMs: 0, who: 'bench', action: 'edit', kind, label, changes, target: null });
    });
};

/**
 * Makes a workspace of so many faces in a new folder; the same size gives the same catalogue.
 * @param {string} folder
 * @param {CatalogueSize} size
 * @param {(done: number) => void} [onProgress]
 */
export const generateWorkspace = async (folder, size, onProgress = () => undefined) => {
  await createWorkspace(folder);
  const catalogue = openCatalogue(pathsOf(folder).catalogue, {
    isReadOnly: false,
    check: 'quick_check',
    backUp: () => undefined,
  });
  try {
    ensureProperties(catalogue);
    // What a power cut takes of a generated file is generated again.
    catalogue.exec('PRAGMA synchronous = OFF');
    const source = registerSource(catalogue, {
      folder: size.sourceFolder,
      layout: 'class-folders',
      isPolled: false,
      atMs: 0,
    });
    catalogue.transaction(() => {
      catalogue.run(
        'INSERT INTO decisions (field, subject, value) VALUES (?, ?, 1)',
        FIELDS['source.kept'],
        source,
      );
    });
    writePhotos(catalogue, size, source, onProgress);
    writeDecisions(catalogue, size);
    catalogue.exec('ANALYZE');
  } finally {
    catalogue.close();
  }
};
