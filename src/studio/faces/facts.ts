import type { Identities } from '../../core/dataset/identities.ts';
import type { Database } from '../catalogue/database.ts';
import type { FaceColumns } from './columns.ts';
import { readFileTextsInSteps } from './file-texts.ts';
import type { FaceFacts } from './filter.ts';
import { createGradually, createLazily, type Gradually } from './kept.ts';
import { facesPerPhoto, fileStatusCodes, photosOfSeveralIdentities } from './photo-facts.ts';

/** What filters see of the faces as they are now, worked out when it is needed. */
export type Facts = {
  get(): FaceFacts;
  /** How many faces each photo shows, by photo; more than 255 count as 255. */
  facesPerPhoto(): Uint8Array;
  /** Everything that takes long, to be made before it is asked for. */
  readonly gradually: readonly Gradually<object>[];
  /** Whether other folders can be reached than when it was asked last. */
  isOfflineChanged(): boolean;
  /** Decisions changed. */
  forgetDecided(): void;
  /** Photos were read anew. */
  forgetRead(): void;
};

const offlineSources = (catalogue: Database): readonly number[] =>
  catalogue
    .all<{ readonly id: number }>('SELECT id FROM sources WHERE is_offline = 1 ORDER BY id')
    .map(({ id }) => id);

/** The facts of the faces that `state` holds at the time. */
export const createFacts = (
  catalogue: Database,
  state: { readonly columns: FaceColumns; readonly people: Identities },
): Facts => {
  let offline = offlineSources(catalogue);
  const perPhoto = createLazily(() => facesPerPhoto(state.columns));
  const fileStatuses = createGradually(function* () {
    perPhoto.get();
    yield;
    return fileStatusCodes(state.columns, perPhoto.get(), new Set(offline));
  });
  const severalIdentities = createGradually(function* () {
    yield;
    return photosOfSeveralIdentities(state.columns);
  });
  const fileTexts = createGradually(() => readFileTextsInSteps(catalogue));
  const facts = {
    fileStatuses: () => fileStatuses.get(),
    severalIdentities: () => severalIdentities.get(),
    fileTexts: () => fileTexts.get(),
  };
  return {
    get: () => ({ ...state, ...facts }),
    gradually: [fileStatuses, severalIdentities, fileTexts],
    isOfflineChanged() {
      const now = offlineSources(catalogue);
      if (now.join() === offline.join()) return false;
      offline = now;
      fileStatuses.forget();
      return true;
    },
    facesPerPhoto: () => perPhoto.get(),
    forgetDecided() {
      perPhoto.forget();
      fileStatuses.forget();
      severalIdentities.forget();
    },
    forgetRead: () => {
      fileTexts.forget();
    },
  };
};
