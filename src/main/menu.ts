import type { MenuItemConstructorOptions } from 'electron';
import type { MenuEntry, MenuItem, MenuSection } from '../contract/shell.ts';

/** Keys that a menu can show: others are left out of it, the window hears them all the same. */
const ACCELERATOR = /^((Ctrl|Alt|Shift)\+)*([A-Z0-9]|F\d{1,2}|[[\]?/,.;'=-])$/;

const acceleratorOf = (keys: string | null, isMac: boolean): string | null => {
  if (keys === null || !ACCELERATOR.test(keys)) return null;
  // macOS would take a letter by itself away from every text field.
  if (isMac && !keys.startsWith('Ctrl+')) return null;
  return keys.replace('Ctrl', 'CmdOrCtrl');
};

/**
 * The application's menu: what the window says, and what only the shell can do.
 * @param options.command called with the id of the command that was chosen
 */
export const menuTemplate = (options: {
  readonly platform: string;
  readonly isDevelopment: boolean;
  readonly sections: readonly MenuSection[];
  readonly command: (id: string) => void;
}): MenuItemConstructorOptions[] => {
  const isMac = options.platform === 'darwin';
  const item = ({ id, label, keys, isAvailable }: MenuItem): MenuItemConstructorOptions => {
    const accelerator = acceleratorOf(keys, isMac);
    return {
      label,
      enabled: isAvailable,
      // The window hears its keys itself, where it knows what has the focus.
      ...(accelerator === null ? {} : { accelerator, registerAccelerator: false }),
      click: () => {
        options.command(id);
      },
    };
  };
  const entry = (given: MenuEntry): MenuItemConstructorOptions =>
    'items' in given
      ? { label: given.label, enabled: given.items.length > 0, submenu: given.items.map(item) }
      : item(given);
  const own = (label: string): MenuItemConstructorOptions[] =>
    (options.sections.find((section) => section.label === label)?.groups ?? []).flatMap((group) => [
      ...group.map(entry),
      { type: 'separator' as const },
    ]);
  const development: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ];
  const withShell: Readonly<Record<string, readonly MenuItemConstructorOptions[]>> = {
    File: [isMac ? { role: 'close' } : { role: 'quit' }],
    Edit: [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }],
    View: [
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'resetZoom' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      ...(options.isDevelopment ? development : []),
    ],
    Help: [{ role: 'about' }],
  };
  const between = options.sections.map(({ label }) => label).filter((label) => !(label in withShell));
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    ...['File', 'Edit', 'View', ...between, 'Help'].map((label) => ({
      label,
      submenu: [...own(label), ...(withShell[label] ?? [])],
    })),
  ];
};
