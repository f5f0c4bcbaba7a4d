import { app, dialog, ipcMain, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { CHOOSE_FOLDER_CHANNEL, FOLDER_PURPOSES, type FolderPurpose } from '../contract/shell.ts';
import { isOurSender } from './guard.ts';

const DIALOGS: Readonly<Record<FolderPurpose, OpenDialogOptions>> = {
  photos: { title: 'Open a folder of photos', properties: ['openDirectory'] },
  'new-workspace': {
    title: 'Choose a new or empty folder for the workspace',
    buttonLabel: 'Make workspace',
    properties: ['openDirectory', 'createDirectory', 'promptToCreate'],
  },
  workspace: { title: 'Open a workspace', properties: ['openDirectory'] },
  crops: {
    title: 'Choose the folder for crops',
    properties: ['openDirectory', 'createDirectory', 'promptToCreate'],
  },
  backup: {
    title: 'Choose the folder for the backup',
    buttonLabel: 'Back up here',
    properties: ['openDirectory', 'createDirectory', 'promptToCreate'],
  },
  decisions: {
    title: 'Choose the folder for the decision list',
    buttonLabel: 'Choose',
    properties: ['openDirectory', 'createDirectory', 'promptToCreate'],
  },
  'decision-list': {
    title: 'Choose a decision list',
    buttonLabel: 'Look at it',
    properties: ['openFile'],
    filters: [
      { name: 'Decision lists', extensions: ['jsonl'] },
      { name: 'All files', extensions: ['*'] },
    ],
  },
  'pair-list': {
    title: 'Choose a list of pairs',
    buttonLabel: 'Take this list',
    properties: ['openFile'],
    filters: [
      { name: 'Lists of pairs', extensions: ['txt', 'csv'] },
      { name: 'All files', extensions: ['*'] },
    ],
  },
  'training-set': {
    title: 'Choose a training set: a folder of people, or a workspace',
    buttonLabel: 'Compare with it',
    properties: ['openDirectory'],
  },
  'training-data': {
    title: 'Choose a folder of aligned images, a folder for each identity',
    buttonLabel: 'Train on it',
    properties: ['openDirectory'],
  },
  figures: {
    title: 'Choose the folder for the file',
    buttonLabel: 'Save here',
    properties: ['openDirectory', 'createDirectory', 'promptToCreate'],
  },
  export: {
    title: 'Choose a new or empty folder for the export',
    buttonLabel: 'Export here',
    properties: ['openDirectory', 'createDirectory', 'promptToCreate'],
  },
};

/** Answers our own page, and no other, when it asks for a folder. */
export const answerFolderChoice = (window: BrowserWindow): void => {
  ipcMain.handle(
    CHOOSE_FOLDER_CHANNEL,
    async ({ senderFrame, sender }, asked: unknown): Promise<string | null> => {
      if (
        window.isDestroyed() ||
        !isOurSender({ frame: senderFrame, contentsId: sender.id }, window.webContents.id)
      ) {
        throw new Error('This page may not ask for folders.');
      }
      const purpose = FOLDER_PURPOSES.find((known) => known === asked);
      if (purpose === undefined) throw new Error('There is no such purpose of a folder.');
      const { filePaths } = await dialog.showOpenDialog(window, DIALOGS[purpose]);
      const chosen = filePaths[0] ?? null;
      if (chosen !== null && purpose === 'photos') app.addRecentDocument(chosen);
      return chosen;
    },
  );
};
