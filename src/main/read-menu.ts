import type { MenuEntry, MenuItem, MenuSection } from '../contract/shell.ts';

/** More than any menu holds that somebody can use. */
const MOST_ENTRIES = 200;
const MOST_CHARACTERS = 300;

/** Thrown for what no window of ours says. */
const refuse = (): never => {
  throw new TypeError('This is no menu.');
};

const textOf = (value: unknown): string =>
  typeof value === 'string' && value.length <= MOST_CHARACTERS ? value : refuse();

const listOf = <Entry>(value: unknown, read: (entry: unknown) => Entry): readonly Entry[] =>
  Array.isArray(value) && value.length <= MOST_ENTRIES ? value.map(read) : refuse();

const valuesOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : refuse();

const readItem = (value: unknown): MenuItem => {
  const { id, label, keys, isAvailable } = valuesOf(value);
  return {
    id: textOf(id),
    label: textOf(label),
    keys: keys === null ? null : textOf(keys),
    isAvailable: isAvailable === true,
  };
};

const readEntry = (value: unknown): MenuEntry => {
  const { label, items } = valuesOf(value);
  return items === undefined ? readItem(value) : { label: textOf(label), items: listOf(items, readItem) };
};

/** Reads what a window says its menu holds. @throws TypeError for anything else */
export const readMenu = (value: unknown): readonly MenuSection[] =>
  listOf(value, (section) => {
    const { label, groups } = valuesOf(section);
    return { label: textOf(label), groups: listOf(groups, (group) => listOf(group, readEntry)) };
  });
