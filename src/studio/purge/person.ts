import type { Database } from '../catalogue/database.ts';
import { decisionsOf } from '../edits/decisions.ts';
import { readIdentities } from '../edits/people.ts';
import { unusable } from '../failure.ts';
import { createFaceIndex } from '../faces/index.ts';

/** A person as one catalogue knows them. */
export type Person = {
  /** Every identity that is the person, merged ones among them. */
  readonly identities: ReadonlySet<number>;
  /** Names that folders gave, and those shown now. */
  readonly names: ReadonlySet<string>;
  /** Labels of folders, in hexadecimal. */
  readonly labels: ReadonlySet<string>;
  /** Photos with a face of the person, and those that only the person's folders hold. */
  readonly photos: ReadonlySet<number>;
  /** Files of these photos, and all in the person's folders. */
  readonly files: ReadonlySet<number>;
  /** All faces in the photos, other people's too. */
  readonly faces: ReadonlySet<number>;
  /** Pairs of which a face is among them. */
  readonly pairs: ReadonlySet<number>;
};

type IdentityRow = { readonly id: number; readonly label: Uint8Array | null; readonly name: string };
type FileRow = { readonly id: number; readonly photo_id: number | null; readonly identity_id: number | null };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const filesOf = (catalogue: Database): readonly FileRow[] =>
  catalogue.all<FileRow>('SELECT id, photo_id, identity_id FROM files ORDER BY id');

/** Photos whose files all lie in folders of the person. */
const photosOnlyIn = (files: readonly FileRow[], identities: ReadonlySet<number>): ReadonlySet<number> => {
  const inside = new Set<number>();
  const outside = new Set<number>();
  for (const { photo_id: photo, identity_id: identity } of files) {
    if (photo === null) continue;
    (identity !== null && identities.has(identity) ? inside : outside).add(photo);
  }
  return new Set([...inside].filter((photo) => !outside.has(photo)));
};

/** The files that go with photos and identities. */
const filesGoing = (
  files: readonly FileRow[],
  identities: ReadonlySet<number>,
  photos: ReadonlySet<number>,
): ReadonlySet<number> =>
  new Set(
    files
      .filter(
        ({ photo_id: photo, identity_id: identity }) =>
          (photo !== null && photos.has(photo)) || (identity !== null && identities.has(identity)),
      )
      .map(({ id }) => id),
  );

const facesIn = (catalogue: Database, photos: ReadonlySet<number>): ReadonlySet<number> =>
  new Set(
    catalogue
      .all<{ readonly id: number; readonly photo_id: number }>('SELECT id, photo_id FROM faces')
      .filter(({ photo_id: photo }) => photos.has(photo))
      .map(({ id }) => id),
  );

type PairRow = { readonly id: number; readonly face_a: number; readonly face_b: number };

const pairsOf = (catalogue: Database, faces: ReadonlySet<number>): ReadonlySet<number> =>
  new Set(
    catalogue
      .all<PairRow>('SELECT id, face_a, face_b FROM face_pairs')
      .filter(({ face_a: a, face_b: b }) => faces.has(a) || faces.has(b))
      .map(({ id }) => id),
  );

const personOf = (
  catalogue: Database,
  identities: ReadonlySet<number>,
  photosOfFaces: ReadonlySet<number>,
): Person => {
  const rows = catalogue
    .all<IdentityRow>('SELECT id, label, name FROM identities ORDER BY id')
    .filter(({ id }) => identities.has(id));
  const given = decisionsOf(catalogue, 'identity.name');
  const names = rows.flatMap(({ id, name }) => [name, given.get(id)]);
  const files = filesOf(catalogue);
  const photos = new Set([...photosOfFaces, ...photosOnlyIn(files, identities)]);
  const faces = facesIn(catalogue, photos);
  return {
    identities,
    names: new Set(names.filter((name) => typeof name === 'string')),
    labels: new Set(rows.flatMap(({ label }) => (label === null ? [] : [hex(label)]))),
    photos,
    files: filesGoing(files, identities, photos),
    faces,
    pairs: pairsOf(catalogue, faces),
  };
};

/** The person of a name: every face that bears it, shown or not. @throws UNUSABLE when no identity has the name */
export const findPerson = (catalogue: Database, name: string): Person => {
  const people = readIdentities(catalogue);
  const canonical = people.byName(name);
  if (canonical === null) throw unusable(`There is no identity ${name}: check the name, capitals included.`);
  const ids = catalogue
    .all<{ readonly id: number }>('SELECT id FROM identities')
    .map(({ id }) => id)
    .filter((id) => people.canonical(id) === canonical);
  const { count, identities, photos } = createFaceIndex(catalogue).columns();
  const found = new Set<number>();
  for (let place = 0; place < count; place += 1)
    if (identities[place] === canonical) found.add(photos[place] ?? 0);
  return personOf(catalogue, new Set(ids), found);
};

/** What tells the person in another catalogue of the same workspace: content, paths, labels and names. */
export type Marks = {
  readonly names: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
  /** SHA-256 of photos, in hexadecimal. */
  readonly photos: ReadonlySet<string>;
  /** Source folder, NUL and path, in hexadecimal. */
  readonly paths: ReadonlySet<string>;
};

type PathRow = { readonly id: number; readonly folder: Uint8Array; readonly path: Uint8Array };

/** A file's folder and path; a name that it was released from is told by the bytes before the NUL. */
const pathKey = ({ folder, path }: PathRow): string => {
  const bytes = Buffer.from(path);
  const nul = bytes.indexOf(0);
  return `${hex(folder)}00${hex(nul < 0 ? bytes : bytes.subarray(0, nul))}`;
};

const PATHS =
  'SELECT files.id, sources.folder, files.path FROM files JOIN sources ON sources.id = files.source_id';

type PhotoRow = { readonly id: number; readonly sha256: Uint8Array };

/** What to look for in backups. */
export const marksOf = (catalogue: Database, person: Person): Marks => ({
  names: person.names,
  labels: person.labels,
  photos: new Set(
    catalogue
      .all<PhotoRow>('SELECT id, sha256 FROM photos')
      .filter(({ id }) => person.photos.has(id))
      .map(({ sha256 }) => hex(sha256)),
  ),
  paths: new Set(
    catalogue
      .all<PathRow>(PATHS)
      .filter(({ id }) => person.files.has(id))
      .map(pathKey),
  ),
});

/** The person in a backup, which may know less, more, or other numbers of them. */
export const findByMarks = (catalogue: Database, marks: Marks): Person => {
  const given = decisionsOf(catalogue, 'identity.name');
  const identities = new Set(
    catalogue
      .all<IdentityRow>('SELECT id, label, name FROM identities')
      .filter(({ id, label, name }) => {
        const shown = given.get(id);
        const isNamed = marks.names.has(name) || (typeof shown === 'string' && marks.names.has(shown));
        return isNamed || (label !== null && marks.labels.has(hex(label)));
      })
      .map(({ id }) => id),
  );
  const files = new Set(
    catalogue
      .all<PathRow>(PATHS)
      .filter((row) => marks.paths.has(pathKey(row)))
      .map(({ id }) => id),
  );
  const photos = new Set(
    catalogue
      .all<PhotoRow>('SELECT id, sha256 FROM photos')
      .filter(({ sha256 }) => marks.photos.has(hex(sha256)))
      .map(({ id }) => id),
  );
  const person = personOf(catalogue, identities, photos);
  return { ...person, files: new Set([...person.files, ...files]) };
};
