import type { Database } from '../catalogue/database.ts';
import { shownPath } from '../scan/names.ts';

type Row = { readonly folder: Uint8Array; readonly path: Uint8Array };

const FILE = `SELECT sources.folder, files.path FROM faces JOIN photos ON photos.id = faces.photo_id
  JOIN files ON files.id = photos.main_file_id JOIN sources ON sources.id = files.source_id WHERE faces.id = ?`;

/** The path of a face's photo for people; empty for one whose photo has no file any more. */
export const shownFiles =
  (catalogue: Database) =>
  (face: number): string => {
    const row = catalogue.get<Row>(FILE, face);
    return row === null ? '' : shownPath(Buffer.concat([row.folder, Buffer.from('/'), row.path]));
  };
