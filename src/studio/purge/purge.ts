import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PurgeReport, PurgeView } from '../../contract/workspace-purge.ts';
import { listBackups } from '../backups/names.ts';
import type { Database } from '../catalogue/database.ts';
import { openCatalogue } from '../catalogue/open.ts';
import { unusable, writeFailure } from '../failure.ts';
import { removeVectorsOf } from '../embeddings/store.ts';
import { removeEvaluationsWith } from '../evaluation/store.ts';
import { createFaceIndex } from '../faces/index.ts';
import { FLAG } from '../faces/columns.ts';
import { shownPath } from '../scan/names.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';
import { exportsWith, forgetInRegistry, modelsWith, removeCrops } from './derived-files.ts';
import { findPerson, marksOf, type Marks, type Person } from './person.ts';
import { scrubBackups } from './scrub-backups.ts';
import { planJournal } from './scrub-journal.ts';
import { pathsOfFiles, scrubCatalogue } from './scrub.ts';
import { searchFolder } from './search.ts';
import { searchableTraces, tracesOf } from './traces.ts';
import type { Needle } from './needles.ts';

const MOST_FOLDERS = 20;

/** Faces of other people that lists show in the person's photos. */
const countOthers = (catalogue: Database, { faces, identities: own }: Person): number => {
  const { count, ids, identities, flags } = createFaceIndex(catalogue).columns();
  let others = 0;
  for (let place = 0; place < count; place += 1) {
    const identity = identities[place] ?? 0;
    const isShown = ((flags[place] ?? 0) & FLAG.shown) !== 0;
    if (isShown && identity !== 0 && !own.has(identity) && faces.has(ids[place] ?? 0)) others += 1;
  }
  return others;
};

const countCrops = (catalogue: Database, { faces }: Person): number =>
  catalogue
    .all<{ readonly id: number }>('SELECT id FROM faces WHERE crop_file IS NOT NULL')
    .filter(({ id }) => faces.has(id)).length;

const foldersOf = (catalogue: Database, person: Person): readonly string[] => {
  const folders = new Set(
    pathsOfFiles(catalogue, person).map(({ folder, path }) =>
      dirname(join(shownPath(folder), shownPath(path))),
    ),
  );
  return [...folders].sort().slice(0, MOST_FOLDERS);
};

const viewOf = async (
  catalogue: Database,
  paths: WorkspacePaths,
  person: Person,
  marks: Marks,
): Promise<PurgeView> => {
  const { scrubbed, gone } = planJournal(catalogue, person);
  return {
    names: [...person.names].sort(),
    photos: person.photos.size,
    files: person.files.size,
    faces: person.faces.size,
    facesOfOthers: countOthers(catalogue, person),
    crops: countCrops(catalogue, person),
    steps: scrubbed.length + gone.length,
    stepsGone: gone.length,
    backups: listBackups(paths.backups).length,
    exports: [...(await exportsWith(paths, marks.photos))],
    models: [...(await modelsWith(paths, person.names))],
    originals: [...foldersOf(catalogue, person)],
  };
};

/** What removing a person for good would take away; nothing is changed. @throws UNUSABLE when no identity has the name */
export const previewPurge = async (
  catalogue: Database,
  paths: WorkspacePaths,
  identity: string,
): Promise<PurgeView> => {
  const person = findPerson(catalogue, identity);
  return viewOf(catalogue, paths, person, marksOf(catalogue, person));
};

type Removed = {
  readonly view: PurgeView;
  readonly backupsRemoved: number;
  readonly needles: readonly Needle[];
  readonly others: readonly Needle[];
};

/**
 * Removes the person from everything. The catalogue comes last: killed before, the person is still there to be removed again, and what was removed
 * already stays so.
 */
const removeAll = async (
  paths: WorkspacePaths,
  identity: string,
  onProgress: WorkHooks['onProgress'],
): Promise<Removed> => {
  const catalogue = openCatalogue(paths.catalogue, {
    isReadOnly: false,
    check: 'quick_check',
    backUp: () => undefined,
  });
  try {
    const person = findPerson(catalogue, identity);
    const marks = marksOf(catalogue, person);
    const traces = tracesOf(catalogue, person);
    const view = await viewOf(catalogue, paths, person, marks);
    const backupsRemoved = await scrubBackups(paths, marks, onProgress);
    for (const name of view.exports)
      await rm(join(paths.folder, 'exports', name), { recursive: true, force: true });
    await removeCrops(paths, marks.photos);
    await removeVectorsOf(join(paths.folder, 'embeddings'), marks.photos);
    await rm(paths.cache, { recursive: true, force: true });
    await forgetInRegistry(paths, person.names);
    await removeEvaluationsWith(paths, [
      ...person.names,
      ...pathsOfFiles(catalogue, person).map(({ path }) => shownPath(path)),
    ]);
    scrubCatalogue(catalogue, person);
    return { view, backupsRemoved, ...searchableTraces(catalogue, paths.folder, traces) };
  } finally {
    catalogue.close();
  }
};

/** Names and paths that could not be looked for, each once. */
const notSearched = (others: readonly Needle[]): string[] =>
  [...new Set(others.filter(({ isText }) => isText === true).map(({ what }) => what))].sort();

/**
 * Removes a person for good from a workspace that nobody has open, under its lock: photos, files, faces, crops, decisions, history, backups and exports
 * inside it; then looks at every byte of its folder for hashes, numbers, paths and names of the person. Originals are not touched.
 * @throws UNUSABLE when no identity has the name or it was typed otherwise, FAILED when something cannot be written: then the same again ends it
 */
export const purgePerson = async (
  paths: WorkspacePaths,
  { identity, typed, now }: { readonly identity: string; readonly typed: string; readonly now: () => number },
  hooks: WorkHooks,
): Promise<PurgeReport> => {
  if (typed !== identity)
    throw unusable(
      `Nothing was removed: to remove ${identity} for good, type that name again, not "${typed}".`,
    );
  const startedMs = now();
  let removed: Removed;
  try {
    removed = await removeAll(paths, identity, hooks.onProgress);
  } catch (error) {
    throw writeFailure(error, paths.folder);
  }
  const { view, backupsRemoved, needles, others } = removed;
  const { remains, ...searched } = await searchFolder(paths.folder, needles, hooks);
  return {
    ...view,
    ...searched,
    remains: [...remains],
    notSearched: notSearched(others),
    backupsRemoved,
    seconds: (now() - startedMs) / 1000,
  };
};
