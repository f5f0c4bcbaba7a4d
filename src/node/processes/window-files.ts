import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const MIME_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  woff2: 'font/woff2',
  json: 'application/json',
  wasm: 'application/wasm',
};

export type WindowFile = {
  /** Absolute path. */
  readonly file: string;
  readonly mimeType: string;
  /** Its name carries a hash of its content, so it never changes. */
  readonly isImmutable: boolean;
};

/**
 * Every file of the built window by its address (`/index.html`, `/assets/…`). Shells serve what is in this list and compute
 * no path from an address, so none can lead elsewhere. @throws when the folder cannot be read.
 */
export const listWindowFiles = (folder: string): ReadonlyMap<string, WindowFile> => {
  const files = new Map<string, WindowFile>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const address = `/${relative(folder, file).split(sep).join('/')}`;
    const mimeType = MIME_TYPES[entry.name.slice(entry.name.lastIndexOf('.') + 1)];
    if (mimeType === undefined) continue;
    files.set(address, { file, mimeType, isImmutable: address.startsWith('/assets/') });
  }
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', index);
  return files;
};
