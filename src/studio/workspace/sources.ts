import { WhenFilesArrive } from '../../contract/workspace-edits.ts';
import type { SourceLayoutChoice, WorkspaceSource } from '../../contract/workspace.ts';
import { checkReadable } from '../align/folders.ts';
import type { Database } from '../catalogue/database.ts';
import { FIELDS } from '../edits/fields.ts';
import { unusable } from '../failure.ts';
import { isWithin, realPathOf } from '../files/paths.ts';
import { shownPath } from '../scan/names.ts';

type SourceRow = {
  readonly id: number;
  readonly folder: Uint8Array;
  readonly layout: WorkspaceSource['layout'];
  readonly is_polled: number;
  readonly is_offline: number;
  /** null where nobody decided. */
  readonly arrival: string | null;
};

const sourceOf = (row: SourceRow): WorkspaceSource => ({
  id: row.id,
  folder: shownPath(row.folder),
  layout: row.layout,
  isPolled: row.is_polled === 1,
  whenFilesArrive: WhenFilesArrive.parse(row.arrival ?? 'align'),
  isOffline: row.is_offline === 1,
});

const SELECT = `SELECT sources.*, arrival.value AS arrival FROM sources
  LEFT JOIN decisions AS arrival ON arrival.field = ${String(FIELDS['source.arrival'])} AND arrival.subject = sources.id`;
const KEPT = `${SELECT} JOIN decisions AS kept ON kept.field = ${String(FIELDS['source.kept'])} AND kept.subject = sources.id`;

/** The sources that belong to the workspace, in the order in which they came. */
export const keptSources = (catalogue: Database): readonly WorkspaceSource[] =>
  catalogue.all<SourceRow>(`${KEPT} ORDER BY sources.id`).map(sourceOf);

/** A source by its id, whether it is kept or not. */
export const sourceById = (catalogue: Database, id: number): WorkspaceSource => {
  const row = catalogue.get<SourceRow>(`${SELECT} WHERE sources.id = ?`, id);
  if (row === null) throw new Error(`There is no source ${String(id)}.`);
  return sourceOf(row);
};

/** A folder to add, checked: its real path. @throws UNUSABLE when it cannot be read or lies inside the workspace or around it */
export const checkSourceFolder = async (given: string, workspaceFolder: string): Promise<string> => {
  await checkReadable(given);
  const folder = await realPathOf(given);
  if (isWithin(workspaceFolder, folder) || isWithin(folder, workspaceFolder))
    throw unusable(
      `${given} and the workspace ${workspaceFolder} lie one inside the other: originals are kept apart from what is made of them.`,
    );
  return folder;
};

/** @throws UNUSABLE for a folder that lies in another source of the workspace, or around one: each photo has one place */
export const assertApart = (catalogue: Database, given: string, folder: string): void => {
  for (const other of keptSources(catalogue)) {
    if (other.folder === folder) continue;
    if (isWithin(other.folder, folder))
      throw unusable(
        `${given} lies in ${other.folder}, which is a folder of this workspace: its photos are there already.`,
      );
    if (isWithin(folder, other.folder))
      throw unusable(
        `${given} holds ${other.folder}, which is a folder of this workspace: remove that one first.`,
      );
  }
};

/** @throws UNUSABLE for a path in the folder of a source, kept or not: originals are never written */
export const assertOutsideSources = (catalogue: Database, path: string): void => {
  for (const { folder } of catalogue.all<{ readonly folder: Uint8Array }>('SELECT folder FROM sources'))
    if (isWithin(shownPath(folder), path))
      throw unusable(
        `${path} lies in the folder of originals ${shownPath(folder)}, which is never written: choose another place.`,
      );
};

/** Notes a folder, or finds the one that was noted before; gives its id. It belongs to the workspace once an edit says so. */
export const registerSource = (
  catalogue: Database,
  source: {
    readonly folder: string;
    readonly layout: Exclude<SourceLayoutChoice, 'auto'>;
    readonly isPolled: boolean;
    readonly atMs: number;
  },
): number => {
  const folder = Buffer.from(source.folder);
  const { layout, isPolled, atMs } = source;
  catalogue.run(
    `INSERT INTO sources (folder, layout, is_polled, is_offline, added_at_ms) VALUES (?, ?, ?, 0, ?)
     ON CONFLICT (folder) DO UPDATE SET is_polled = excluded.is_polled`,
    folder,
    layout,
    isPolled ? 1 : 0,
    atMs,
  );
  const row = catalogue.get<{ readonly id: number }>('SELECT id FROM sources WHERE folder = ?', folder);
  if (row === null) throw new Error('The source that was noted is not there.');
  return row.id;
};

/** The layout of a source that is known already. */
export const knownLayout = (catalogue: Database, folder: string): WorkspaceSource['layout'] | null =>
  catalogue.get<{ readonly layout: WorkspaceSource['layout'] }>(
    'SELECT layout FROM sources WHERE folder = ?',
    Buffer.from(folder),
  )?.layout ?? null;

/** Notes whether a source's folder can be reached. */
export const setOffline = (catalogue: Database, id: number, isOffline: boolean): void => {
  catalogue.run('UPDATE sources SET is_offline = ? WHERE id = ?', isOffline ? 1 : 0, id);
};
