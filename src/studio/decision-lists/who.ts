import type { Database } from '../catalogue/database.ts';
import { NOBODY, type Decided } from '../edits/fields.ts';
import { placeOf } from '../faces/columns.ts';
import type { FaceIndex } from '../faces/index.ts';

/** Who a face is: the name, null for nobody; and whether a person decided that, of the face or of the identity that its folder names. */
export type Who = { readonly name: string | null; readonly isDecided: boolean };

/** Tells who faces are, by what was decided of each. */
export const createWho = (
  catalogue: Database,
  faces: FaceIndex,
): ((face: number, decided: Decided) => Who) => {
  const firstNames = new Map(
    catalogue
      .all<{ readonly id: number; readonly name: string }>('SELECT id, name FROM identities')
      .map(({ id, name }) => [id, name]),
  );
  const people = faces.people();
  return (face, decided) => {
    if (typeof decided === 'number')
      return { name: decided === NOBODY ? null : people.nameOf(decided), isDecided: true };
    const columns = faces.columns();
    const place = placeOf(columns, face);
    const identity = place < 0 ? 0 : (columns.identities[place] ?? 0);
    if (identity === 0) return { name: null, isDecided: false };
    const name = people.nameOf(identity);
    // A rename or a merge of the identity that the folder names is a decision of every face that it concerns.
    return { name, isDecided: name !== firstNames.get(columns.labels[place] ?? 0) };
  };
};
