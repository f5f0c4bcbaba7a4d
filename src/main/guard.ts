import type { Session, WebContents, WebFrameMain } from 'electron';
import { PICTURE_SCHEME } from '../contract/picture-address.ts';
import { APP_ADDRESS, APP_SCHEME, isOurAddress } from './addresses.ts';

/** What a window may load. Everything else, `http`, `file` and `blob` frames among them, ends before it begins. */
const LOADABLE = new Set([`${APP_SCHEME}:`, `${PICTURE_SCHEME}:`, 'devtools:', 'data:', 'blob:']);

const schemeOf = (address: string): string => {
  try {
    return new URL(address).protocol;
  } catch {
    return '';
  }
};

/** Denies every permission and every request that leaves our own schemes. The window has no network. */
export const guardSession = (session: Session): void => {
  session.setPermissionRequestHandler((_contents, _permission, answer) => {
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !LOADABLE.has(schemeOf(details.url)) });
  });
  session.on('will-download', (event) => {
    event.preventDefault();
  });
};

/** Keeps a window where it is: no navigation, no redirect, no second window, no embedded one. */
export const guardContents = (contents: WebContents): void => {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => {
    event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  // Chromium asks nobody before it shows an empty page.
  contents.on('did-navigate', (_event, url) => {
    if (!isOurAddress(url) && schemeOf(url) !== 'devtools:') void contents.loadURL(APP_ADDRESS);
  });
};

/** True for the main frame of this window while it shows our own page; false for frames, other pages and gone ones. */
export const isOurSender = (
  sender: { readonly frame: Pick<WebFrameMain, 'url' | 'parent'> | null; readonly contentsId: number },
  windowContentsId: number,
): boolean =>
  sender.frame !== null &&
  sender.contentsId === windowContentsId &&
  sender.frame.parent === null &&
  isOurAddress(sender.frame.url);
