import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What lies where in a workspace. All but the catalogue and the crops may be missing. */
export type WorkspacePaths = {
  readonly folder: string;
  readonly catalogue: string;
  readonly lock: string;
  readonly crops: string;
  readonly backups: string;
  /** What can be made again from the catalogue at any time. */
  readonly cache: string;
  /** How the catalogue was left when it was closed. */
  readonly closed: string;
};

/** Only the owner reads what is in a workspace: photos of faces are personal data. */
export const OWNER_ONLY_FOLDER = 0o700;
export const OWNER_ONLY_FILE = 0o600;

/** The folders that a new workspace has. */
export const WORKSPACE_FOLDERS = ['crops', 'embeddings', 'models', 'runs', 'exports', 'backups'] as const;

/** The paths of a workspace in `folder`, absolute. */
export const pathsOf = (folder: string): WorkspacePaths => ({
  folder,
  catalogue: join(folder, 'catalogue.sqlite'),
  lock: join(folder, 'lock.json'),
  crops: join(folder, 'crops'),
  backups: join(folder, 'backups'),
  cache: join(folder, 'cache'),
  closed: join(folder, 'cache', 'closed'),
});

/** Whether a folder is a workspace. */
export const isWorkspaceFolder = (folder: string): boolean => existsSync(pathsOf(folder).catalogue);
