import * as z from 'zod';
import { packIds, unpackIds } from '../../core/dataset/packed-ids.ts';
import { FIELDS, isSameValue, type Decided, type Field } from './fields.ts';

/** Subjects whose field changes from one value to another; null is no decision. */
export type Change = {
  readonly field: Field;
  readonly before: Decided;
  readonly after: Decided;
  /** Ids in ascending order. */
  readonly subjects: readonly number[];
};

/** One subject whose field changes. */
export type SingleChange = {
  readonly field: Field;
  readonly subject: number;
  readonly before: Decided;
  readonly after: Decided;
};

const keyOf = (value: Decided): string =>
  value instanceof Uint8Array
    ? `bytes ${Buffer.from(value).toString('hex')}`
    : `${typeof value} ${String(value)}`;

/** Changes of one subject each, those joined that change the same to the same; what changes nothing is left out. */
export const groupChanges = (singles: readonly SingleChange[]): readonly Change[] => {
  const groups = new Map<string, Change & { readonly subjects: number[] }>();
  for (const { field, subject, before, after } of singles) {
    if (isSameValue(before, after)) continue;
    const key = `${field} ${keyOf(before)} ${keyOf(after)}`;
    const group = groups.get(key) ?? { field, before, after, subjects: [] };
    groups.set(key, group);
    group.subjects.push(subject);
  }
  return [...groups.values()].map(({ subjects, ...change }) => ({
    ...change,
    subjects: subjects.sort((a, b) => a - b),
  }));
};

/** The same the other way round: what undo applies. */
export const inverted = (changes: readonly Change[]): readonly Change[] =>
  changes.map((change) => ({ ...change, before: change.after, after: change.before })).reverse();

const StoredValue = z.union([z.number(), z.string(), z.null(), z.strictObject({ bytes: z.string() })]);
type StoredValue = z.infer<typeof StoredValue>;
const StoredChange = z.strictObject({
  // The keys of a literal record, whose type Object.keys forgets.
  field: z.enum(Object.keys(FIELDS) as [Field, ...Field[]]),
  before: StoredValue,
  after: StoredValue,
  /** Packed ids, base64. */
  subjects: z.string(),
});
const StoredChanges = z.array(StoredChange);

const store = (value: Decided): StoredValue =>
  value instanceof Uint8Array ? { bytes: Buffer.from(value).toString('base64') } : value;
const restore = (value: StoredValue): Decided =>
  typeof value === 'object' && value !== null ? new Uint8Array(Buffer.from(value.bytes, 'base64')) : value;

/** Changes as the journal holds them: a bulk change of a million faces takes about a megabyte. */
export const encodeChanges = (changes: readonly Change[]): string =>
  JSON.stringify(
    changes.map(({ field, before, after, subjects }) => ({
      field,
      before: store(before),
      after: store(after),
      subjects: Buffer.from(packIds(subjects)).toString('base64'),
    })),
  );

/** What `encodeChanges` wrote. @throws ZodError for anything else */
export const decodeChanges = (text: string): readonly Change[] =>
  StoredChanges.parse(JSON.parse(text)).map(({ field, before, after, subjects }) => ({
    field,
    before: restore(before),
    after: restore(after),
    subjects: unpackIds(Buffer.from(subjects, 'base64')),
  }));
