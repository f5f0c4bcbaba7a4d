import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../contract/shell.ts';

/** The application's menu. `command` is called with what the window has to do. */
export const menuTemplate = (options: {
  readonly platform: string;
  readonly isDevelopment: boolean;
  readonly command: (command: MenuCommand) => void;
}): MenuItemConstructorOptions[] => {
  const isMac = options.platform === 'darwin';
  const openFolder: MenuItemConstructorOptions = {
    label: 'Open folder…',
    accelerator: 'CmdOrCtrl+O',
    click: () => {
      options.command('open-folder');
    },
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
        openFolder,
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
