/**
 * What a folder is asked for: photos to open or to add, the place of a new workspace, a workspace that is there, the place of crops, of an export, of a
 * backup, of a decision list or of a chart, people to compare with, or images to train on. For a decision list that is to be applied and for a list of pairs the file is asked for.
 */
export const FOLDER_PURPOSES = [
  'photos',
  'new-workspace',
  'workspace',
  'crops',
  'export',
  'backup',
  'decisions',
  'decision-list',
  'pair-list',
  'training-set',
  'training-data',
  'figures',
] as const;
export type FolderPurpose = (typeof FOLDER_PURPOSES)[number];

/** A command of the window as its menu shows it. */
export type MenuItem = {
  /** The command's id; `onMenuCommand` hears it. */
  readonly id: string;
  readonly label: string;
  /** As the window writes keys, `Ctrl+Shift+O`; it hears them itself. */
  readonly keys: string | null;
  readonly isAvailable: boolean;
};

/** An item, or a menu within the menu. */
export type MenuEntry = MenuItem | { readonly label: string; readonly items: readonly MenuItem[] };

/** A menu of the menu bar, between whose groups are lines. */
export type MenuSection = { readonly label: string; readonly groups: readonly (readonly MenuEntry[])[] };

/** What the Electron shell adds for its window: native dialogs, the menu bar and the way into the studio. Nothing else is exposed. */
export type Shell = {
  /** Asks for a folder, or what its purpose says, with the system's dialog; null when it was dismissed. */
  chooseFolder(purpose: FolderPurpose): Promise<string | null>;
  /** Absolute path of a file or folder that was dropped on the window. */
  pathOfDropped(file: File): string;
  /** Says what the menu bar is to hold from now on. */
  showMenu(sections: readonly MenuSection[]): void;
  /** Tells of the command that somebody chose from the menu. */
  onMenuCommand(listener: (id: string) => void): void;
};

/** Name under which the preload script puts the shell on `window`; absent in a browser. */
export const SHELL_GLOBAL = 'studioShell';
/** Message that carries the port to the studio service into the window. */
export const PORT_MESSAGE = 'studio-port';
/** Channel of the one request that main answers itself. */
export const CHOOSE_FOLDER_CHANNEL = 'studio:choose-folder';
/** Channel on which the window says what its menu holds. */
export const SHOW_MENU_CHANNEL = 'studio:show-menu';
/** Channel on which main tells its window of a menu command. */
export const MENU_CHANNEL = 'studio:menu';
/** Where the browser shell answers, relative to its own address. */
export const WEB_SOCKET_PATH = '/studio';
export const WEB_PICTURE_PATH = '/studio-image/';
