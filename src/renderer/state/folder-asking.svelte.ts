import type { FolderPurpose, Shell } from '../../contract/shell.ts';
import type { FileEnding } from '../../contract/studio.ts';

/** What our own list of folders asks, where the shell has no dialog. */
export type FolderQuestion = {
  readonly title: string;
  readonly button: string;
  /** A name can be given: the folder is made in the one that is shown. */
  readonly isNew: boolean;
  /** A file with one of these endings is asked for instead of a folder. */
  readonly endings?: readonly FileEnding[];
  /** Uses the folder; false leaves the question open. */
  readonly take: (folder: string) => Promise<boolean>;
};

/** The words of each question. */
const FOLDER_QUESTIONS: Readonly<Record<FolderPurpose, Omit<FolderQuestion, 'take'>>> = {
  photos: { title: 'Open a folder of photos', button: 'Open this folder', isNew: false },
  'new-workspace': { title: 'Make a workspace', button: 'Make workspace', isNew: true },
  workspace: { title: 'Open a workspace', button: 'Open this workspace', isNew: false },
  export: { title: 'Choose the folder for the export', button: 'Export into this folder', isNew: true },
  backup: { title: 'Choose the folder for the backup', button: 'Back up into this folder', isNew: false },
  decisions: {
    title: 'Choose the folder for the decision list',
    button: 'Choose this folder',
    isNew: true,
  },
  'decision-list': {
    title: 'Choose a decision list',
    button: 'Look at it',
    isNew: false,
    endings: ['.jsonl'],
  },
  'pair-list': {
    title: 'Choose a list of pairs',
    button: 'Take this list',
    isNew: false,
    endings: ['.txt', '.csv'],
  },
  'training-set': {
    title: 'Choose a training set',
    button: 'Compare with this folder',
    isNew: false,
  },
  'training-data': {
    title: 'Choose aligned images, a folder for each identity',
    button: 'Train on this folder',
    isNew: false,
  },
  figures: { title: 'Choose the folder for the file', button: 'Save in this folder', isNew: true },
  crops: { title: 'Choose the folder for crops', button: 'Choose this folder', isNew: true },
};

/** Asks for folders: with the system's dialog, or where the shell has none with our own. */
export class FolderAsking {
  /** What our own list asks now. */
  question = $state.raw<FolderQuestion | null>(null);
  readonly #shell: Shell | null;

  constructor(shell: Shell | null) {
    this.#shell = shell;
  }

  /** Asks for a folder; `take` uses it, and tells whether it could be used. */
  async ask(purpose: FolderPurpose, take: FolderQuestion['take']): Promise<void> {
    if (this.#shell === null) {
      this.question = { ...FOLDER_QUESTIONS[purpose], take };
      return;
    }
    const folder = await this.#shell.chooseFolder(purpose);
    if (folder !== null) await take(folder);
  }
}
