import { join } from 'node:path';
import { app, dialog, session, type BrowserWindow } from 'electron';
import type { StudioClient } from '../contract/studio.ts';
import { PROJECT_FOLDER } from '../node/processes/entry.ts';
import type { SharedProcess } from '../node/processes/share.ts';
import { listWindowFiles } from '../node/processes/window-files.ts';
import { answerFolderChoice } from './choose-folder.ts';
import { watchClosing, type Background } from './closing.ts';
import { guardContents, guardSession } from './guard.ts';
import { followJobs } from './jobs.ts';
import { createJoining } from './joining.ts';
import { followNotices } from './notify.ts';
import { handOverPort } from './ports.ts';
import { serveProtocols } from './protocols.ts';
import { startService } from './service.ts';
import { showMenuOf } from './show-menu.ts';
import { openWindow } from './window.ts';

const report = (sentence: string): void => {
  console.error(sentence);
};

/** What the shell holds while it runs. */
type Shell = {
  readonly service: SharedProcess<StudioClient>;
  readonly window: BrowserWindow;
  readonly background: Background;
};

/** Tells that the service is gone for good; the studio cannot work without it. */
const endWithoutService = async (reason: string): Promise<void> => {
  await dialog.showMessageBox({
    type: 'error',
    message: 'The studio service stopped and did not come back.',
    detail: `${reason} What was done is kept; start the studio again.`,
    buttons: ['Quit'],
  });
  app.quit();
};

/** Opens window and service and joins them: on every start of the service and every load of the page with a new port. */
const openShell = (): Shell => {
  const joining = createJoining(() => handOverPort(service, window, report));
  const service = startService({
    up() {
      joining.serviceUp();
    },
    down(reason, final) {
      report(`The studio service went down. ${reason}`);
      if (final) void endWithoutService(reason);
    },
  });
  serveProtocols(
    session.defaultSession,
    listWindowFiles(join(PROJECT_FOLDER, 'out', 'renderer')),
    service.client.pictures,
  );
  const window = openWindow(() => {
    joining.pageLoaded();
  });
  const stopped = new AbortController();
  const jobs = followJobs(
    service.client.jobs,
    () => {
      background.jobsChanged();
    },
    stopped.signal,
  );
  const background = watchClosing(window, () => jobs);
  window.on('closed', () => {
    stopped.abort();
  });
  return { service, window, background };
};

/** Stops the service and waits for it before the program ends. */
const stopOnQuit = (service: SharedProcess<StudioClient>): void => {
  let isStopped = false;
  app.on('will-quit', (event) => {
    if (isStopped) return;
    event.preventDefault();
    void service.process.stop().then(() => {
      isStopped = true;
      app.quit();
    });
  });
};

/** Runs the Electron shell: its window, the service that it starts, and the gate between the two. */
export const runApplication = async (): Promise<void> => {
  app.on('web-contents-created', (_event, contents) => {
    guardContents(contents);
  });
  app.on('window-all-closed', () => {
    app.quit();
  });
  app.on('child-process-gone', (_event, { type, reason }) => {
    report(`A helper process of the window ended (${type}: ${reason}).`);
  });
  await app.whenReady();
  guardSession(session.defaultSession);
  const { service, window, background } = openShell();
  stopOnQuit(service);
  answerFolderChoice(window);
  showMenuOf(window, report);
  const closed = new AbortController();
  window.on('closed', () => {
    closed.abort();
  });
  followNotices(service.client.notices, window, {
    signal: closed.signal,
    chosen: () => {
      background.show();
    },
  });
  app.on('second-instance', () => {
    background.show();
  });
  app.on('activate', () => {
    background.show();
  });
};
