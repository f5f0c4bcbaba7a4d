import { resolveIdentities, type Identities } from '../../core/dataset/identities.ts';
import type { Database } from '../catalogue/database.ts';
import { decisionsOf } from './decisions.ts';
import type { Decided, Field } from './fields.ts';

type NameRow = { readonly id: number; readonly name: string };

const valuesOf = <Value extends Decided>(
  catalogue: Database,
  field: Field,
  isValue: (value: Decided) => value is Value,
): ReadonlyMap<number, Value> => {
  const values = new Map<number, Value>();
  for (const [subject, value] of decisionsOf(catalogue, field))
    if (isValue(value)) values.set(subject, value);
  return values;
};

/** Who is who in a catalogue, after renames and merges. */
export const readIdentities = (catalogue: Database): Identities =>
  resolveIdentities(catalogue.all<NameRow>('SELECT id, name FROM identities ORDER BY id'), {
    names: valuesOf(catalogue, 'identity.name', (value) => typeof value === 'string'),
    merges: valuesOf(catalogue, 'identity.merged', (value) => typeof value === 'number'),
  });

/** Notes a name that a person gave; gives its id. Within a transaction of the caller. */
export const nameIdentity = (catalogue: Database, name: string): number =>
  catalogue.run('INSERT INTO identities (label, name) VALUES (NULL, ?)', name).lastId;

/** The name that a folder's bytes are shown by: bytes that are not UTF-8 are written as `\xNN`. */
export const shownName = (label: Uint8Array): string => {
  const bytes = Buffer.from(label);
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  return [...bytes]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`))
    .join('');
};

/** The identity that a folder's name stands for, noted when it is new. Within a transaction of the caller. */
export const labelIdentity = (catalogue: Database, label: Uint8Array): number => {
  const known = catalogue.get<{ readonly id: number }>('SELECT id FROM identities WHERE label = ?', label);
  if (known !== null) return known.id;
  return catalogue.run('INSERT INTO identities (label, name) VALUES (?, ?)', label, shownName(label)).lastId;
};
