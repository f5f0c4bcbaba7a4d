import type { MenuEntry, MenuItem, MenuSection } from '../../contract/shell.ts';
import type { ListedCommand } from './commands.ts';

/** The menu that each group of commands is in; any other group is a menu by itself. */
const MENU_OF: Readonly<Record<string, string>> = {
  Workspace: 'File',
  Photos: 'File',
  Keep: 'File',
  View: 'View',
  Filter: 'View',
  'Go to': 'Go',
  Help: 'Help',
};
const EDITS = new Set(['undo', 'redo']);
const MOST_RECENT = 10;

const itemOf = ({ id, label, keys, isAvailable }: ListedCommand): MenuItem => ({
  id,
  label,
  keys,
  isAvailable,
});

/** The menu bar that holds every command. Commands of things that pass are a menu within theirs. */
export const menuOf = (commands: readonly ListedCommand[]): readonly MenuSection[] => {
  const menus = new Map<string, Map<string, MenuEntry[]>>();
  const groupOf = (menu: string, group: string): MenuEntry[] => {
    const groups = menus.get(menu) ?? new Map<string, MenuEntry[]>();
    menus.set(menu, groups);
    const entries = groups.get(group) ?? [];
    groups.set(group, entries);
    return entries;
  };
  const recent = commands
    .filter(({ isPassing, group }) => isPassing === true && group === 'Workspace')
    .slice(0, MOST_RECENT)
    .map((command) => ({ ...itemOf(command), label: command.label.replace(/^Open recent: /, '') }));
  for (const command of commands) {
    // What does the same elsewhere is the same item.
    if (command.isPassing === true || command.like !== undefined) continue;
    const menu = EDITS.has(command.id) ? 'Edit' : (MENU_OF[command.group] ?? command.group);
    const entries = groupOf(menu, command.group);
    const doesSame = commands.some(({ like, isAvailable }) => like === command.id && isAvailable);
    entries.push({ ...itemOf(command), isAvailable: command.isAvailable || doesSame });
    if (command.id === 'open-workspace') entries.push({ label: 'Open recent', items: recent });
  }
  return [...menus].map(([label, groups]) => ({ label, groups: [...groups.values()] }));
};
