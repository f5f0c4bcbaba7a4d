import type { Database } from '../catalogue/database.ts';
import { forgetInClusterings } from '../clustering/kept-clusters.ts';
import { refreshPhotos } from '../edits/derived.ts';
import { FIELDS, NOBODY, type Field } from '../edits/fields.ts';
import { failed } from '../failure.ts';
import { readProperty, writeProperty } from '../workspace/properties.ts';
import { readViews, removeView, saveView } from '../workspace/views.ts';
import { forgetPaths, type FilePath } from './forgotten.ts';
import type { Person } from './person.ts';
import { planJournal, scrubJournal } from './scrub-journal.ts';

const SUBJECTS: readonly (readonly [Field, (person: Person) => ReadonlySet<number>])[] = [
  ['face.state', ({ faces }) => faces],
  ['face.identity', ({ faces }) => faces],
  ['face.presence', ({ faces }) => faces],
  ['face.geometry', ({ faces }) => faces],
  ['photo.chosen', ({ photos }) => photos],
  ['file.excluded', ({ files }) => files],
  ['identity.name', ({ identities }) => identities],
  ['identity.merged', ({ identities }) => identities],
  ['pair.same', ({ pairs }) => pairs],
  ['pair.hard', ({ pairs }) => pairs],
];

const scrubDecisions = (catalogue: Database, person: Person): void => {
  for (const [field, subjectsOf] of SUBJECTS)
    for (const subject of subjectsOf(person))
      catalogue.run('DELETE FROM decisions WHERE field = ? AND subject = ?', FIELDS[field], subject);
  for (const identity of person.identities) {
    catalogue.run(
      'UPDATE decisions SET value = ? WHERE field = ? AND value = ?',
      NOBODY,
      FIELDS['face.identity'],
      identity,
    );
    catalogue.run('DELETE FROM decisions WHERE field = ? AND value = ?', FIELDS['identity.merged'], identity);
  }
};

type IdRow = { readonly id: number };

/** Photos that stay and stood under a file that goes. */
const photosLeft = (catalogue: Database, { files, photos }: Person): readonly number[] => {
  const left = new Set<number>();
  for (const file of files)
    for (const { id } of catalogue.all<IdRow>(
      'SELECT photo_id AS id FROM files WHERE id = ? AND photo_id IS NOT NULL',
      file,
    ))
      if (!photos.has(id)) left.add(id);
  return [...left];
};

const deleteRows = (catalogue: Database, person: Person): void => {
  const left = photosLeft(catalogue, person);
  for (const id of [...person.photos, ...left])
    catalogue.run(
      'UPDATE photos SET chosen_face_id = iif(?2, NULL, chosen_face_id), main_file_id = NULL WHERE id = ?1',
      id,
      person.photos.has(id) ? 1 : 0,
    );
  for (const id of person.pairs) catalogue.run('DELETE FROM face_pairs WHERE id = ?', id);
  forgetInClusterings(catalogue, person.faces);
  for (const id of person.faces) catalogue.run('DELETE FROM faces WHERE id = ?', id);
  for (const id of person.files) catalogue.run('DELETE FROM files WHERE id = ?', id);
  for (const id of person.photos) catalogue.run('DELETE FROM photos WHERE id = ?', id);
  for (const id of person.identities) catalogue.run('DELETE FROM identities WHERE id = ?', id);
  refreshPhotos(catalogue, left);
};

const PATH =
  'SELECT sources.folder, files.path FROM files JOIN sources ON sources.id = files.source_id WHERE files.id = ?';

/** The paths of the person's files, as scans find them. */
export const pathsOfFiles = (catalogue: Database, { files }: Person): readonly FilePath[] =>
  [...files].flatMap((file) => {
    const row = catalogue.get<{ folder: Uint8Array; path: Uint8Array }>(PATH, file);
    if (row === null) return [];
    const nul = Buffer.from(row.path).indexOf(0);
    return [{ folder: row.folder, path: nul < 0 ? row.path : row.path.subarray(0, nul) }];
  });

type CheckpointRow = { readonly busy: number };

/** Rebuilds the file without what was deleted, and empties its log. @throws FAILED while another program reads it */
export const wipe = (catalogue: Database): void => {
  catalogue.exec('VACUUM');
  const row = catalogue.get<CheckpointRow>('PRAGMA wal_checkpoint(TRUNCATE)');
  if (row?.busy !== 0)
    throw failed(
      `Another program reads ${catalogue.file}, so its log still holds what was removed: close it there, and open the workspace once.`,
    );
};

/** Takes a person out of saved views; one that asks for nobody else goes. */
const scrubViews = (catalogue: Database, { identities: own, names }: Person): void => {
  for (const view of readViews(catalogue)) {
    const { identities } = view.filter;
    const left = identities?.filter((identity) => !own.has(identity));
    const isNamed = [...names].some((name) =>
      JSON.stringify(view).includes(JSON.stringify(name).slice(1, -1)),
    );
    if (!isNamed && left?.length === identities?.length) continue;
    removeView(catalogue, view.name);
    if (!isNamed && left !== undefined && left.length > 0)
      saveView(catalogue, { ...view, filter: { ...view.filter, identities: left } });
  }
};

/**
 * Removes a person from a catalogue: rows, decisions and history, in one transaction. Undo and redo of everything else go on as before. The file and its log
 * still hold the bytes, until `finishWiping`.
 */
export const scrubRows = (catalogue: Database, person: Person): void => {
  catalogue.transaction(() => {
    forgetPaths(catalogue, pathsOfFiles(catalogue, person));
    scrubJournal(catalogue, planJournal(catalogue, person));
    scrubDecisions(catalogue, person);
    scrubViews(catalogue, person);
    deleteRows(catalogue, person);
    writeProperty(catalogue, 'wiping', '1');
  });
};

/** Wipes out the bytes of what `scrubRows` removed, now or before this process began; nothing when there was nothing. @throws FAILED as `wipe` does */
export const finishWiping = (catalogue: Database): void => {
  if (readProperty(catalogue, 'wiping') === null) return;
  wipe(catalogue);
  catalogue.run("DELETE FROM properties WHERE name = 'wiping'");
};

/**
 * Removes a person from a catalogue, and every byte that this left in the file and its log.
 * @throws FAILED while another program reads the file; then opening the workspace ends it
 */
export const scrubCatalogue = (catalogue: Database, person: Person): void => {
  scrubRows(catalogue, person);
  finishWiping(catalogue);
};
