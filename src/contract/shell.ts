/** What the menu of the Electron shell asks of its window. */
export type MenuCommand =
  | { readonly kind: 'open-folder' | 'new-workspace' | 'open-workspace' }
  | { readonly kind: 'open-recent'; readonly folder: string };

/** What a folder is asked for: photos to open or to add, the place of a new workspace, a workspace that is there. */
export const FOLDER_PURPOSES = ['photos', 'new-workspace', 'workspace'] as const;
export type FolderPurpose = (typeof FOLDER_PURPOSES)[number];

/** What the Electron shell adds for its window: native dialogs and the way into the studio. Nothing else is exposed. */
export type Shell = {
  /** Asks for a folder with the system's dialog; null when it was dismissed. */
  chooseFolder(purpose: FolderPurpose): Promise<string | null>;
  /** Absolute path of a file or folder that was dropped on the window. */
  pathOfDropped(file: File): string;
  /** Tells of what somebody chose from the menu (`open-folder`: the window asks for a folder and opens it). */
  onMenuCommand(listener: (command: MenuCommand) => void): void;
};

/** Name under which the preload script puts the shell on `window`; absent in a browser. */
export const SHELL_GLOBAL = 'studioShell';
/** Message that carries the port to the studio service into the window. */
export const PORT_MESSAGE = 'studio-port';
/** Channel of the one request that main answers itself. */
export const CHOOSE_FOLDER_CHANNEL = 'studio:choose-folder';
/** Channel on which main tells its window of a menu command. */
export const MENU_CHANNEL = 'studio:menu';
/** Where the browser shell answers, relative to its own address. */
export const WEB_SOCKET_PATH = '/studio';
export const WEB_PICTURE_PATH = '/studio-image/';
