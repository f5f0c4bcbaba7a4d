import type { RestoreView } from '../../contract/workspace-care.ts';
import { openDatabase, type Database } from '../catalogue/database.ts';

const MOST_LABELS = 5;

type Count = { readonly n: number };
type First = { readonly first: number | null };

const STEP = 'sequence, at_ms, who, action, kind, label, target';

/** The first step of a journal that the other one has not, or has otherwise; null when there is none. */
const firstOnlyIn = (database: Database, one: 'main' | 'backup', other: 'main' | 'backup'): number | null =>
  database.get<First>(
    `SELECT min(sequence) AS first FROM (SELECT ${STEP} FROM ${one}.journal EXCEPT SELECT ${STEP} FROM ${other}.journal)`,
  )?.first ?? null;

const countFrom = (database: Database, schema: 'main' | 'backup', first: number | null): number =>
  first === null
    ? 0
    : (database.get<Count>(`SELECT count(*) AS n FROM ${schema}.journal WHERE sequence >= ?`, first)?.n ?? 0);

/** What differs between a catalogue and a backup of it, both whole: what restoring the backup would take away and bring back. */
export const compareWithBackup = (
  catalogue: string,
  backup: string,
): Pick<RestoreView, 'stepsLost' | 'labels' | 'stepsBack' | 'photosSince'> => {
  const database = openDatabase(catalogue, { isReadOnly: true });
  try {
    database.run('ATTACH ? AS backup', backup);
    const lost = firstOnlyIn(database, 'main', 'backup');
    const labels =
      lost === null
        ? []
        : database.all<{ readonly label: string }>(
            `SELECT label FROM main.journal WHERE sequence >= ? AND action = 'edit' ORDER BY sequence DESC LIMIT ${String(MOST_LABELS)}`,
            lost,
          );
    return {
      stepsLost: countFrom(database, 'main', lost),
      labels: labels.map(({ label }) => label),
      stepsBack: countFrom(database, 'backup', firstOnlyIn(database, 'backup', 'main')),
      photosSince:
        database.get<Count>(
          'SELECT count(*) AS n FROM main.photos WHERE sha256 NOT IN (SELECT sha256 FROM backup.photos)',
        )?.n ?? 0,
    };
  } finally {
    database.close();
  }
};
