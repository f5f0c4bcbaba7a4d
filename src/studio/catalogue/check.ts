import { damaged } from '../failure.ts';
import type { Database } from './database.ts';

/** What a check of the file finds first; null when it is whole. */
export const findDamage = (database: Database, check: 'quick_check' | 'integrity_check'): string | null => {
  const [message = 'ok'] = Object.values(database.get(`PRAGMA ${check}(1)`) ?? {});
  return message === 'ok' ? null : String(message);
};

/** @throws a failure that says what to do when the file is damaged */
export const assertWhole = (database: Database, check: 'quick_check' | 'integrity_check'): void => {
  const damage = findDamage(database, check);
  if (damage !== null)
    throw damaged(
      `The catalogue ${database.file} is damaged (${damage}): put the newest file of the folder "backups" in its place.`,
    );
};
