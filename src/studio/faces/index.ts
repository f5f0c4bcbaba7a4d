import type { Identities } from '../../core/dataset/identities.ts';
import type { Database } from '../catalogue/database.ts';
import type { Change } from '../edits/changes.ts';
import { photosOfChange } from '../edits/derived.ts';
import { readIdentities } from '../edits/people.ts';
import { createSignal, type Signal } from '../streams.ts';
import { createAnswers, type FaceAnswers } from './answers.ts';
import { deriveAll, deriveFace, placeOf, type FaceColumns } from './columns.ts';
import { countFaces, type FaceCounts } from './counts.ts';
import { createLazily } from './kept.ts';
import { canonicalTable, putAllDecisions, putDecision, readFoundFaces, readPhotos } from './read-columns.ts';

/** All faces of a workspace in memory: lists, counts, and what a filter takes. */
export type FaceIndex = FaceAnswers & {
  readonly changes: Signal;
  /** Grows with every change. */
  revision(): number;
  /** Grows when the ledger's counts may have changed: which faces there are, or which files count. */
  ledgerRevision(): number;
  columns(): FaceColumns;
  people(): Identities;
  /** How many faces in the library have each state, and each identity. */
  counts(): FaceCounts;
  /** Takes over what an edit, an undo or a redo changed in the catalogue. */
  apply(changes: readonly Change[]): void;
  /** Takes over photos that were read or aligned anew, and identities that came with them. */
  refresh(photos: Iterable<number>): void;
};

type State = {
  columns: FaceColumns;
  people: Identities;
  canonical: Uint32Array;
};

const readPeople = (catalogue: Database): Pick<State, 'people' | 'canonical'> => {
  const people = readIdentities(catalogue);
  const most = catalogue.get<{ readonly id: number | null }>('SELECT max(id) AS id FROM identities')?.id ?? 0;
  return { people, canonical: canonicalTable(people, most) };
};

const isOfFiles = ({ field }: Change): boolean => field === 'file.excluded' || field === 'source.kept';

/** The faces of a catalogue. `found` is what `readFoundFaces` would read now. */
export const createFaceIndex = (
  catalogue: Database,
  found: FaceColumns = readFoundFaces(catalogue),
): FaceIndex => {
  const changes = createSignal();
  let revision = 1;
  let ledgerRevision = 1;
  const state: State = { columns: found, ...readPeople(catalogue) };
  putAllDecisions(state.columns, catalogue);
  deriveAll(state.columns, state.canonical);
  const answers = createAnswers(catalogue, state);

  const counts = createLazily(() => countFaces(state.columns, state.canonical.length));

  const changed = (): void => {
    revision += 1;
    counts.forget();
    answers.forgetCounts();
    changes.notify();
  };
  const rename = (): void => {
    Object.assign(state, readPeople(catalogue));
    deriveAll(state.columns, state.canonical);
    answers.forgetNames();
  };
  const applyToFaces = ({ field, after, subjects }: Change): void => {
    if (field !== 'face.state' && field !== 'face.identity') return;
    const { columns, canonical } = state;
    let isAnyoneElse = false;
    for (const face of subjects) {
      const place = placeOf(columns, face);
      if (place < 0) continue;
      const before = columns.identities[place];
      putDecision(columns, place, field, after);
      deriveFace(columns, place, canonical);
      isAnyoneElse ||= columns.identities[place] !== before;
    }
    if (isAnyoneElse) answers.forgetIdentities();
  };
  const readAgain = (photos: Iterable<number>): void => {
    for (const place of readPhotos(state.columns, catalogue, photos))
      deriveFace(state.columns, place, state.canonical);
    answers.forgetRead();
  };

  return {
    ...answers,
    changes,
    revision: () => revision,
    ledgerRevision: () => ledgerRevision,
    columns: () => state.columns,
    people: () => state.people,
    counts: () => counts.get(),
    apply(applied) {
      const knowsNewNames = applied.some(
        ({ field, after }) =>
          field === 'identity.name' ||
          field === 'identity.merged' ||
          (field === 'face.identity' && typeof after === 'number' && after >= state.canonical.length),
      );
      if (knowsNewNames) rename();
      for (const change of applied) applyToFaces(change);
      const photos = new Set(applied.flatMap((change) => photosOfChange(catalogue, change)));
      if (photos.size > 0) readAgain(photos);
      if (photos.size > 0 || applied.some(isOfFiles)) ledgerRevision += 1;
      changed();
    },
    refresh(photos) {
      rename();
      readAgain(photos);
      ledgerRevision += 1;
      changed();
    },
  };
};
