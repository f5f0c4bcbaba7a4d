import { PICTURE_BASE, pictureAddress } from '../../contract/picture-address.ts';
import { SHELL_GLOBAL, WEB_PICTURE_PATH, type Shell } from '../../contract/shell.ts';
import type { PictureRequest } from '../../contract/studio.ts';

/** What the Electron shell adds to this window; null in a browser. */
export const findShell = (window: Window): Shell | null =>
  // The preload script puts exactly this there, or nothing.
  (Reflect.get(window, SHELL_GLOBAL) as Shell | undefined) ?? null;

/** Gives the address of a picture. `version` is the photo's: an address never shows an old picture. */
export type PictureUrl = (request: PictureRequest, version: string) => string;

/** The addresses under which the shell of this window serves pictures. */
export const pictureUrls =
  (shell: Shell | null): PictureUrl =>
  (request, version) =>
    (shell === null ? WEB_PICTURE_PATH : PICTURE_BASE) + pictureAddress(request, version);
