import { app, dialog, type BrowserWindow } from 'electron';
import type { RunningJobs } from './jobs.ts';

const NO_PROGRESS_BAR = -1;

/** Asks what becomes of running jobs when the window closes. */
const askBeforeClosing = async (
  window: BrowserWindow,
  count: number,
): Promise<'keep-running' | 'stop' | 'cancel'> => {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: count === 1 ? 'A job is still running.' : `${String(count)} jobs are still running.`,
    detail: 'What is done is kept, and a stopped job goes on where it was at the next start.',
    buttons: ['Keep running without a window', 'Stop and quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
  });
  return (['keep-running', 'stop', 'cancel'] as const)[response] ?? 'cancel';
};

export type Background = {
  /** To be called after every change of the jobs. */
  jobsChanged(): void;
  /** Brings the window back. */
  show(): void;
};

/**
 * Lets jobs outlive the window: closing it while some run asks, and on request only hides it. With the last job a hidden
 * studio ends; a second start of the program shows it again.
 */
export const watchClosing = (window: BrowserWindow, jobs: () => RunningJobs): Background => {
  let isInBackground = false;
  window.on('close', (event) => {
    const count = jobs().count();
    if (count === 0) return;
    event.preventDefault();
    void askBeforeClosing(window, count).then((choice) => {
      if (window.isDestroyed()) return;
      if (choice === 'stop') {
        window.destroy();
        app.quit();
      }
      if (choice === 'keep-running') {
        isInBackground = true;
        window.hide();
      }
    });
  });
  return {
    jobsChanged() {
      if (window.isDestroyed()) return;
      window.setProgressBar(jobs().share() ?? NO_PROGRESS_BAR);
      if (isInBackground && jobs().count() === 0) app.quit();
    },
    show() {
      if (window.isDestroyed()) return;
      isInBackground = false;
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
  };
};
