/** What the Electron shell adds for its window: native dialogs and the way into the studio. Nothing else is exposed. */
export type Shell = {
  /** Asks for a folder with the system's dialog; null when it was dismissed. */
  chooseFolder(): Promise<string | null>;
  /** Absolute path of a file or folder that was dropped on the window. */
  pathOfDropped(file: File): string;
};

/** Name under which the preload script puts the shell on `window`; absent in a browser. */
export const SHELL_GLOBAL = 'studioShell';
/** Message that carries the port to the studio service into the window. */
export const PORT_MESSAGE = 'studio-port';
/** Channel of the one request that main answers itself. */
export const CHOOSE_FOLDER_CHANNEL = 'studio:choose-folder';
