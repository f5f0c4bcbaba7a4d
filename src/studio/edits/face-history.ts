import type { Database } from '../catalogue/database.ts';
import { changesOfStep, readHistory, type Step } from './journal.ts';

/** Steps that are looked through at most: opening a bulk change of a million faces takes a moment. */
const MOST_STEPS = 1000;

/** The newest steps that changed a face itself or its photo's choice, newest first, undone ones too. */
export const historyOfFace = (catalogue: Database, face: number, limit: number): readonly Step[] => {
  const photo =
    catalogue.get<{ readonly photo_id: number }>('SELECT photo_id FROM faces WHERE id = ?', face)?.photo_id ??
    null;
  const pairs = new Set(
    catalogue
      .all<{ readonly id: number }>('SELECT id FROM face_pairs WHERE face_a = ?1 OR face_b = ?1', face)
      .map(({ id }) => id),
  );
  const isAbout = (step: Step): boolean =>
    changesOfStep(catalogue, step.sequence).some(({ field, subjects }) => {
      if (field.startsWith('pair.')) return subjects.some((subject) => pairs.has(subject));
      const subject = field === 'photo.chosen' ? photo : field.startsWith('face.') ? face : null;
      return subject !== null && subjects.includes(subject);
    });
  const found: Step[] = [];
  for (const step of readHistory(catalogue, { before: null, limit: MOST_STEPS })) {
    if (found.length === limit) break;
    if (isAbout(step)) found.push(step);
  }
  return found;
};
