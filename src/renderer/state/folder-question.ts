import type { FolderPurpose } from '../../contract/shell.ts';

/** What our own list of folders asks, where the shell has no dialog. */
export type FolderQuestion = {
  readonly title: string;
  readonly button: string;
  /** A name can be given: the folder is made in the one that is shown. */
  readonly isNew: boolean;
  /** Uses the folder; false leaves the question open. */
  readonly take: (folder: string) => Promise<boolean>;
};

/** The words of each question. */
export const FOLDER_QUESTIONS: Readonly<Record<FolderPurpose, Omit<FolderQuestion, 'take'>>> = {
  photos: { title: 'Open a folder of photos', button: 'Open this folder', isNew: false },
  'new-workspace': { title: 'Make a workspace', button: 'Make workspace', isNew: true },
  workspace: { title: 'Open a workspace', button: 'Open this workspace', isNew: false },
  export: { title: 'Choose the folder for the export', button: 'Export into this folder', isNew: true },
  crops: { title: 'Choose the folder for crops', button: 'Choose this folder', isNew: true },
};
