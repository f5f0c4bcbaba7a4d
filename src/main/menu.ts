import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../contract/shell.ts';
import type { RecentWorkspace } from '../contract/workspace-recent.ts';

/** What File > Open recent holds at most. */
const MOST_RECENT = 10;

/** The application's menu. `command` is called with what the window has to do. */
export const menuTemplate = (options: {
  readonly platform: string;
  readonly isDevelopment: boolean;
  readonly recent: readonly RecentWorkspace[];
  readonly command: (command: MenuCommand) => void;
}): MenuItemConstructorOptions[] => {
  const isMac = options.platform === 'darwin';
  const item = (label: string, command: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => {
      options.command(command);
    },
  });
  const recent: MenuItemConstructorOptions = {
    label: 'Open recent',
    enabled: options.recent.length > 0,
    submenu: options.recent
      .slice(0, MOST_RECENT)
      .map(({ folder }) => item(folder, { kind: 'open-recent', folder })),
  };
  const development: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ];
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [
        item('New workspace…', { kind: 'new-workspace' }),
        item('Open workspace…', { kind: 'open-workspace' }, 'CmdOrCtrl+Shift+O'),
        recent,
        { type: 'separator' },
        item('Open folder…', { kind: 'open-folder' }, 'CmdOrCtrl+O'),
        { role: 'recentDocuments', submenu: [{ role: 'clearRecentDocuments' }], visible: isMac },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(options.isDevelopment ? development : []),
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ role: 'about' }] },
  ];
};
