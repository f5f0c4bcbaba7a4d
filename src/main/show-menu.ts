import { app, ipcMain, Menu, type BrowserWindow } from 'electron';
import { MENU_CHANNEL, SHOW_MENU_CHANNEL, type MenuSection } from '../contract/shell.ts';
import { isOurSender } from './guard.ts';
import { menuTemplate } from './menu.ts';
import { readMenu } from './read-menu.ts';

/** Tells the window's page what somebody chose from the menu; a page that is being loaded hears of it afterwards. */
const sendCommand = (window: BrowserWindow, id: string): void => {
  if (window.isDestroyed()) return;
  const { webContents } = window;
  const send = (): void => {
    webContents.send(MENU_CHANNEL, id);
  };
  if (webContents.isLoadingMainFrame()) webContents.once('did-stop-loading', send);
  else send();
};

/** Shows the menu bar, and changes it as our own page, and no other, says. `report` hears of what is refused. */
export const showMenuOf = (window: BrowserWindow, report: (sentence: string) => void): void => {
  const show = (sections: readonly MenuSection[]): void => {
    const template = menuTemplate({
      platform: process.platform,
      isDevelopment: !app.isPackaged,
      sections,
      command: (id) => {
        sendCommand(window, id);
      },
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  show([]);
  ipcMain.on(SHOW_MENU_CHANNEL, ({ senderFrame, sender }, said: unknown) => {
    if (window.isDestroyed()) return;
    if (!isOurSender({ frame: senderFrame, contentsId: sender.id }, window.webContents.id)) return;
    try {
      show(readMenu(said));
    } catch (error) {
      report(`A menu of the window was refused. ${String(error)}`);
    }
  });
};
