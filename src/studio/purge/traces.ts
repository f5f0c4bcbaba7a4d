import type { Database } from '../catalogue/database.ts';
import { decisionsOf } from '../edits/decisions.ts';
import { createFinder, LEAST_NEEDLE_BYTES, type Needle } from './needles.ts';
import type { Person } from './person.ts';
import { pathsOfFiles } from './scrub.ts';

type PhotoRow = { readonly id: number; readonly sha256: Uint8Array };
type FaceRow = {
  readonly id: number;
  readonly landmarks: Uint8Array;
  readonly crop_sha256: Uint8Array | null;
};

const hashNeedles = (bytes: Uint8Array, what: string): readonly Needle[] => [
  { bytes: Buffer.from(bytes), what },
  { bytes: Buffer.from(Buffer.from(bytes).toString('hex')), what: `${what}, as text` },
];

/** Everything of a person that a catalogue holds as bytes: hashes, numbers of faces, paths and names. */
export const tracesOf = (catalogue: Database, person: Person): readonly Needle[] => {
  const photos = catalogue
    .all<PhotoRow>('SELECT id, sha256 FROM photos')
    .filter(({ id }) => person.photos.has(id))
    .flatMap(({ sha256 }) => hashNeedles(sha256, 'hash of a photo'));
  const faces = catalogue
    .all<FaceRow>('SELECT id, landmarks, crop_sha256 FROM faces')
    .filter(({ id }) => person.faces.has(id))
    .flatMap(({ landmarks, crop_sha256: crop }) => [
      { bytes: Buffer.from(landmarks), what: 'landmarks of a face' },
      ...(crop === null ? [] : hashNeedles(crop, 'hash of a crop')),
    ]);
  const drawn = [...decisionsOf(catalogue, 'face.geometry')]
    .filter(([face]) => person.faces.has(face))
    .flatMap(([, value]) =>
      value instanceof Uint8Array
        ? [
            { bytes: Buffer.from(value), what: 'box of a face' },
            { bytes: Buffer.from(Buffer.from(value).toString('base64')), what: 'box of a face, as text' },
          ]
        : [],
    );
  const paths = pathsOfFiles(catalogue, person).map(({ path }) => ({
    bytes: Buffer.from(path),
    what: 'path of a file',
    isText: true,
  }));
  const names = [...person.names].map((name) => ({
    bytes: Buffer.from(name),
    what: `name ${name}`,
    isText: true,
  }));
  const labels = [...person.labels]
    .map((label) => ({ bytes: Buffer.from(label, 'hex'), what: 'name of a folder', isText: true }))
    .filter(({ bytes }) => !names.some((name) => name.bytes.equals(bytes)));
  return [...photos, ...faces, ...drawn, ...paths, ...names, ...labels];
};

/** What stays, and may hold the same bytes. */
const STAYING = [
  'SELECT name FROM identities',
  'SELECT label FROM identities WHERE label IS NOT NULL',
  'SELECT folder FROM sources',
  'SELECT path FROM files',
  "SELECT value FROM decisions WHERE typeof(value) = 'text'",
  'SELECT label FROM journal',
  'SELECT who FROM journal',
  'SELECT landmarks FROM faces',
] as const;

const NUL = Buffer.from([0]);

const bytesOf = (value: unknown): Buffer =>
  value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));

/** Traces that can be looked for: long enough, and in nothing that stays, as a name is that another person's name contains. */
export const searchableTraces = (
  catalogue: Database,
  folder: string,
  traces: readonly Needle[],
): { readonly needles: readonly Needle[]; readonly others: readonly Needle[] } => {
  const long = traces.filter(({ bytes }) => bytes.length >= LEAST_NEEDLE_BYTES);
  const finder = createFinder(long);
  const shared = new Set<Needle>();
  const look = (texts: readonly Buffer[]): void => {
    finder.find(Buffer.concat(texts), (needle) => shared.add(needle));
  };
  look([Buffer.from(folder)]);
  for (const sql of STAYING) {
    const texts: Buffer[] = [];
    for (const [value] of catalogue.rows<readonly [string | Uint8Array]>(sql))
      texts.push(bytesOf(value), NUL);
    look(texts);
  }
  const needles = long.filter((needle) => !shared.has(needle));
  return { needles, others: traces.filter((needle) => !needles.includes(needle)) };
};
