import type { ListedCommand } from './commands.ts';
import { SCREEN_KEYS } from './commands.ts';

/** What a screen's list of keys calls some keys. */
const SHOWN_NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
  Escape: 'Esc',
  ' ': 'Space',
  '-': '−',
};
/** Keys that go from one thing to the next everywhere. */
const NEVER_CHOSEN = new Set(['Tab', 'Shift+Tab', 'Enter', 'Escape']);
const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead']);

/** True for a key that is only held while another one is pressed. */
export const isModifier = (key: string): boolean => MODIFIERS.has(key);

/** What stands in the way of giving keys to a command: others that have them, or a screen that hears them itself. */
export type KeyConflict =
  | { readonly kind: 'commands'; readonly commands: readonly ListedCommand[] }
  | { readonly kind: 'fixed'; readonly sentence: string };

const shownParts = (shown: string): readonly string[] =>
  shown.split(/\s{2,}| or /).flatMap((part) => (/^[←→↑↓ ]+$/.test(part) ? part.split(' ') : [part]));

/** Finds what has the keys already; null when they are free for the command `id`. */
export const conflictOf = (
  commands: readonly ListedCommand[],
  id: string,
  keys: string,
): KeyConflict | null => {
  if (NEVER_CHOSEN.has(keys))
    return { kind: 'fixed', sentence: `${keys} moves between the parts of the window.` };
  const shown = SHOWN_NAMES[keys] ?? keys;
  for (const [screen, entries] of Object.entries(SCREEN_KEYS)) {
    const found = entries.find(([given]) => shownParts(given).includes(shown));
    if (found !== undefined)
      return { kind: 'fixed', sentence: `${shown} is “${found[1]}” in the ${screen}, and stays that.` };
  }
  const others = commands.filter((other) => other.id !== id && other.keys === keys);
  return others.length === 0 ? null : { kind: 'commands', commands: others };
};

/**
 * The chosen keys after a command got other ones: those of `taken`, which had them, have none then. What is as in the program is left out.
 */
export const withKeys = (
  chosen: Readonly<Record<string, string | null>>,
  command: ListedCommand,
  change: { readonly keys: string | null; readonly taken: readonly ListedCommand[] },
): Record<string, string | null> => {
  const next = new Map(Object.entries(chosen));
  const put = ({ id, standardKeys }: ListedCommand, keys: string | null): void => {
    if (keys === standardKeys) next.delete(id);
    else next.set(id, keys);
  };
  for (const other of change.taken) put(other, null);
  put(command, change.keys);
  return Object.fromEntries(next);
};
