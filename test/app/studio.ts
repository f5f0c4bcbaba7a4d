import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import {
  expect,
  test as base,
  _electron,
  chromium,
  type Browser,
  type ConsoleMessage,
  type ElectronApplication,
  type Locator,
  type Page,
} from '@playwright/test';
import { electronFlags, findElectron } from '../../scripts/setup/electron.mjs';
import { findChromium } from '../../scripts/testing/programs.mjs';

export const PROJECT = join(import.meta.dirname, '..', '..');
const SCREENSHOTS = join(PROJECT, 'test-results', 'screenshots');
const START_TIMEOUT_MS = 60_000;

/** Folders of its own for a studio under test, so that tests see nothing of each other and of the user. */
export type Homes = { readonly folder: string; readonly environment: Record<string, string> };

/** The running environment with a home of its own; what is undefined is left out. */
const createHomes = (): Homes => {
  const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-app-'));
  const own = {
    XDG_CONFIG_HOME: join(folder, 'config'),
    FACENET_STUDIO_HOME: join(folder, 'home'),
    FACENET_STUDIO_NODE: process.execPath,
  };
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { folder, environment: { ...Object.fromEntries(inherited), ...own } };
};

/** How the Electron studio is started. @throws when there is no Electron. */
export const electronCommand = (
  homes: Homes,
): { readonly command: string; readonly args: string[]; readonly environment: Record<string, string> } => {
  const command = process.env['FACENET_STUDIO_ELECTRON'] ?? findElectron(PROJECT);
  if (command === null) throw new Error('There is no Electron here: run "npm test", which finds one.');
  return { command, args: [...electronFlags(command), PROJECT], environment: homes.environment };
};

/** Starts the Electron studio and waits for its window. */
export const launchElectron = async (homes: Homes): Promise<ElectronApplication> => {
  const { command, args, environment } = electronCommand(homes);
  const application = await _electron.launch({
    executablePath: command,
    args,
    env: environment,
    timeout: START_TIMEOUT_MS,
  });
  application.context().setDefaultTimeout(START_TIMEOUT_MS);
  // A busy machine shows its first window late, and the default above is not for it.
  await application.firstWindow({ timeout: START_TIMEOUT_MS });
  return application;
};

export type Served = { readonly url: string; readonly process: ChildProcess; stop(): Promise<number | null> };

/** Starts `facenet-studio serve` and waits for its address. */
export const serveStudio = (homes: Homes, args: readonly string[] = []): Promise<Served> =>
  new Promise((resolve, reject) => {
    const program = join(PROJECT, 'out', 'main', 'cli.js');
    const started = spawn(process.execPath, [program, 'serve', '--json', ...args], {
      env: homes.environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<number | null>((resolveEnd) => started.once('exit', resolveEnd));
    started.stdout.once('data', (line: Buffer) => {
      const { url } = JSON.parse(String(line)) as { readonly url: string };
      resolve({
        url,
        process: started,
        stop() {
          started.kill('SIGINT');
          return ended;
        },
      });
    });
    void ended.then((code) => {
      reject(new Error(`serve ended with code ${String(code)}.`));
    });
  });

const openBrowser = (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('There is no Chromium here.');
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
};

/** Which button `src/main/closing.ts` calls that. */
const STOP_AND_QUIT = 1;

/** Answers the questions that the system's dialogs ask, and keeps what they said. */
export const answerQuestions = (application: ElectronApplication, response: number): Promise<void> =>
  application.evaluate(({ dialog }, button) => {
    globalThis.questionsForTest ??= [];
    dialog.showMessageBox = (...given: readonly unknown[]) => {
      globalThis.questionsForTest?.push(given.at(-1));
      return Promise.resolve({ response: button, checkboxChecked: false });
    };
  }, response);

/** Chooses a folder as a person does: by the menu and the system's dialog, or in the browser's own list. */
const chooseFolder = async (
  page: Page,
  electron: ElectronApplication | null,
  folder: string,
): Promise<void> => {
  if (electron === null) {
    await page.keyboard.press('Control+o');
    const dialog = page.getByRole('dialog', { name: 'Open a folder of photos' });
    await dialog.getByRole('button', { name: basename(folder), exact: true }).click();
    await dialog.getByText(/directly in here/).waitFor();
    await dialog.getByRole('button', { name: 'Open this folder' }).click();
    return;
  }
  await electron.evaluate(({ dialog, Menu }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'File');
    file?.submenu?.items.find(({ label }) => label === 'Open folder…')?.click();
  }, folder);
};

/** The dialog that asks for the settings of a folder. */
export const settingsDialog = (page: Page): Locator =>
  page.getByRole('dialog', { name: /^(Align the faces of|Crops of) / });

declare global {
  // Where the main process of these tests keeps what its dialogs were asked.
  var questionsForTest: unknown[] | undefined;
}

/** The page hears keys once its parts are there. */
const isReady = (page: Page): Promise<void> => page.getByRole('main').waitFor();

/** The menu bar holds what the page says. */
const hasMenu = (electron: ElectronApplication): Promise<boolean> =>
  electron.evaluate(
    ({ Menu }) =>
      Menu.getApplicationMenu()?.items.some(({ submenu }) =>
        submenu?.items.some(({ label }) => label === 'Open folder…'),
      ) === true,
  );

/** A photo that is no picture has none to show; Chromium notes that whatever a page does about it. */
const isMissingPicture = (message: ConsoleMessage): boolean =>
  /^(studio-image:|http:\/\/[^/]+\/studio-image\/)/.test(message.location().url) &&
  message.text().includes('404');

type Fixtures = {
  readonly homes: Homes;
  /** The studio's window, in the shell of the project. */
  readonly studio: Page;
  /** The Electron application whose window `studio` is; only in the project of that name. */
  readonly application: ElectronApplication;
  /** The same; null in a browser. */
  readonly electron: ElectronApplication | null;
  /** What the window complained about: errors on its console and violations of its policy. */
  readonly complaints: string[];
  /** Chooses a folder in the way of the shell; the window then asks for its settings. */
  readonly choose: (folder: string) => Promise<void>;
  /** Saves what the window shows as `test-results/screenshots/<shell>-<name>.png`. */
  readonly photograph: (name: string) => Promise<void>;
};

/** Tests of the window. `studio` opens it in the project's shell and closes it. */
export const test = base.extend<Fixtures>({
  homes: async ({}, use) => {
    const homes = createHomes();
    await use(homes);
    rmSync(homes.folder, { recursive: true, force: true });
  },
  complaints: async ({}, use) => {
    await use([]);
  },
  electron: async ({ homes }, use, { project }) => {
    if (project.name !== 'electron') {
      await use(null);
      return;
    }
    const application = await launchElectron(homes);
    const child = application.process();
    await use(application);
    // A test may have ended it; else it may ask what becomes of its jobs.
    if (child.exitCode !== null) return;
    await answerQuestions(application, STOP_AND_QUIT);
    await application.close();
  },
  application: async ({ electron }, use) => {
    if (electron === null) throw new Error('This test is for Electron: name its file electron-*.spec.ts.');
    await use(electron);
  },
  studio: async ({ homes, complaints, electron }, use) => {
    const listen = (page: Page): void => {
      page.on('console', (message) => {
        if (message.type() === 'error' && !isMissingPicture(message)) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
    };
    if (electron !== null) {
      const page = await electron.firstWindow();
      listen(page);
      await isReady(page);
      await expect.poll(() => hasMenu(electron)).toBe(true);
      await use(page);
      return;
    }
    const served = await serveStudio(homes, ['--root', homes.folder]);
    const browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    listen(page);
    await page.goto(served.url);
    await isReady(page);
    await use(page);
    await browser.close();
    await served.stop();
  },
  choose: async ({ studio, electron }, use) => {
    await use(async (folder) => {
      await chooseFolder(studio, electron, folder);
      await settingsDialog(studio).waitFor();
    });
  },
  photograph: async ({ studio, electron }, use, { project }) => {
    await use(async (name) => {
      const path = join(SCREENSHOTS, `${project.name}-${name}.png`);
      mkdirSync(dirname(path), { recursive: true });
      if (electron === null) {
        await studio.screenshot({ path });
        return;
      }
      // Of a zoomed window a screenshot of the page would show a part only.
      const session = await studio.context().newCDPSession(studio);
      const { data } = await session.send('Page.captureScreenshot');
      writeFileSync(path, Buffer.from(data, 'base64'));
      await session.detach();
    });
  },
});

export { expect };
