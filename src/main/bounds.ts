import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where a window lies, in device-independent pixels of the desktop. */
export type Bounds = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
export type WindowState = { readonly bounds: Bounds | null; readonly isMaximized: boolean };

const DEFAULT: WindowState = { bounds: null, isMaximized: false };

const isBounds = (value: unknown): value is Bounds =>
  typeof value === 'object' &&
  value !== null &&
  ['x', 'y', 'width', 'height'].every((key) => Number.isInteger(Reflect.get(value, key)));

/** The remembered state, when its bounds still touch one of the screens; the default for a missing or damaged file. */
export const readWindowState = (file: string, screens: readonly Bounds[]): WindowState => {
  let saved: unknown;
  try {
    saved = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return DEFAULT;
  }
  if (typeof saved !== 'object' || saved === null) return DEFAULT;
  const bounds: unknown = Reflect.get(saved, 'bounds');
  const isMaximized = Reflect.get(saved, 'isMaximized') === true;
  if (!isBounds(bounds)) return { bounds: null, isMaximized };
  const isVisible = screens.some(
    (screen) =>
      bounds.x < screen.x + screen.width &&
      bounds.x + bounds.width > screen.x &&
      bounds.y < screen.y + screen.height &&
      bounds.y + bounds.height > screen.y,
  );
  return { bounds: isVisible ? bounds : null, isMaximized };
};

/** Remembers the state, whole or not at all. @throws when the folder cannot be written. */
export const writeWindowState = (file: string, state: WindowState): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, JSON.stringify(state));
  renameSync(`${file}.tmp`, file);
};
