import { contextBridge, ipcRenderer, webUtils } from 'electron';
import {
  CHOOSE_FOLDER_CHANNEL,
  MENU_CHANNEL,
  PORT_MESSAGE,
  SHELL_GLOBAL,
  SHOW_MENU_CHANNEL,
  type Shell,
} from '../contract/shell.ts';

ipcRenderer.on(PORT_MESSAGE, (event) => {
  window.postMessage(PORT_MESSAGE, window.location.origin, event.ports);
});

const shell: Shell = {
  // Main answers with a path or null and with nothing else.
  chooseFolder: (purpose) => ipcRenderer.invoke(CHOOSE_FOLDER_CHANNEL, purpose) as Promise<string | null>,
  pathOfDropped: (file) => webUtils.getPathForFile(file),
  showMenu(sections) {
    ipcRenderer.send(SHOW_MENU_CHANNEL, sections);
  },
  onMenuCommand(listener) {
    ipcRenderer.on(MENU_CHANNEL, (_event, id: string) => {
      listener(id);
    });
  },
};
contextBridge.exposeInMainWorld(SHELL_GLOBAL, shell);
