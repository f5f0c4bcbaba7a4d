import { join } from 'node:path';
import { app, BrowserWindow, dialog, screen } from 'electron';
import { PROJECT_FOLDER } from '../node/processes/entry.ts';
import { APP_ADDRESS } from './addresses.ts';
import { readWindowState, writeWindowState } from './bounds.ts';

/** The window's own background, so that nothing flashes before its first paint (UI.md: oklch(.18 0 0)). */
const BACKGROUND = '#121212';
const DEFAULT_WIDTH = 1440;
const DEFAULT_HEIGHT = 900;
const LEAST_WIDTH = 640;
const LEAST_HEIGHT = 480;

const stateFile = (): string => join(app.getPath('userData'), 'window.json');

const createBrowserWindow = (): BrowserWindow => {
  const state = readWindowState(
    stateFile(),
    screen.getAllDisplays().map((display) => display.bounds),
  );
  const window = new BrowserWindow({
    width: DEFAULT_WIDTH,
    height: DEFAULT_HEIGHT,
    ...state.bounds,
    minWidth: LEAST_WIDTH,
    minHeight: LEAST_HEIGHT,
    show: false,
    backgroundColor: BACKGROUND,
    title: 'FaceNet Studio',
    icon: join(PROJECT_FOLDER, 'resources', 'icons', 'icon.png'),
    webPreferences: {
      preload: join(PROJECT_FOLDER, 'out', 'preload', 'index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      devTools: !app.isPackaged,
    },
  });
  if (state.isMaximized) window.maximize();
  return window;
};

/** Tells that the window's process ended and offers to load it again; the studio's work went on meanwhile. */
const offerReload = async (window: BrowserWindow, reason: string): Promise<void> => {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: `The window stopped (${reason}).`,
    detail: 'Your data and running jobs are safe: they live in another process.',
    buttons: ['Reload', 'Close'],
    defaultId: 0,
  });
  if (window.isDestroyed()) return;
  if (response === 0) window.webContents.reload();
  else window.destroy();
};

/** Opens the studio's window. `loaded` is called whenever its page has been loaded: it needs a new port then. */
export const openWindow = (loaded: (window: BrowserWindow) => void): BrowserWindow => {
  const window = createBrowserWindow();
  window.once('ready-to-show', () => {
    window.show();
  });
  window.webContents.on('did-finish-load', () => {
    loaded(window);
  });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') void offerReload(window, reason);
  });
  window.on('close', () => {
    writeWindowState(stateFile(), { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
  });
  void window.loadURL(APP_ADDRESS);
  return window;
};
