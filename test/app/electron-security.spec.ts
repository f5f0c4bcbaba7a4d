import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect, test } from './studio.ts';

/** A server that counts who reaches it. Nobody may. */
const outside = async (): Promise<{
  readonly server: Server;
  readonly url: string;
  readonly hits: () => number;
}> => {
  let hits = 0;
  const server = createServer((_request, response) => {
    hits += 1;
    response.end('reached');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  // It listens on a port, so it has an address with one.
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, url: `http://127.0.0.1:${String(port)}/`, hits: () => hits };
};

const windowCount = (application: ElectronApplication): Promise<number> =>
  application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

const rendererPid = (application: ElectronApplication): Promise<number> =>
  application.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
  );

/** Runs something in our page that may end the page's own script, and gives it time to take effect. */
const attempt = async (page: Page, script: string): Promise<void> => {
  await expect.poll(() => page.url()).toBe('studio://app/');
  await runAttempt(page, script).catch((error: unknown) => {
    // What an empty page does to the script that asked for it.
    if (!String(error).includes('context was destroyed')) throw error;
  });
  await page.waitForTimeout(50);
};

const runAttempt = (page: Page, script: string): Promise<void> =>
  page.evaluate((text) => {
    // A string from the test itself; the page's policy would stop `eval`, so each attempt is a known function.
    const attempts: Record<string, (target: string) => void> = {
      assign: (target) => {
        location.assign(target);
      },
      replace: (target) => {
        location.replace(target);
      },
      open: (target) => {
        window.open(target);
      },
      openNamed: (target) => {
        window.open(target, 'other', 'noopener');
      },
      link: (target) => {
        const link = document.createElement('a');
        link.href = target;
        document.body.append(link);
        link.click();
      },
      blank: (target) => {
        const link = document.createElement('a');
        link.href = target;
        link.target = '_blank';
        document.body.append(link);
        link.click();
      },
      form: (target) => {
        const form = document.createElement('form');
        form.action = target;
        document.body.append(form);
        form.submit();
      },
      frame: (target) => {
        const frame = document.createElement('iframe');
        frame.src = target;
        document.body.append(frame);
      },
      refresh: (target) => {
        const meta = document.createElement('meta');
        meta.httpEquiv = 'refresh';
        meta.content = `0;url=${target}`;
        document.head.append(meta);
      },
      download: (target) => {
        const link = document.createElement('a');
        link.href = target;
        link.download = 'x';
        document.body.append(link);
        link.click();
      },
    };
    const [name = '', target = ''] = text.split(' ');
    attempts[name]?.(target);
  }, script);

test('the window runs with every protection on', async ({ application }) => {
  await application.firstWindow();
  const preferences = await application.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    // Electron has this getter without declaring it.
    return (
      contents as unknown as { getLastWebPreferences(): Record<string, unknown> }
    ).getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  });
  expect(await application.evaluate(({ session }) => session.defaultSession.isSpellCheckerEnabled())).toBe(
    false,
  );
  expect(preferences['allowRunningInsecureContent'] ?? false).toBe(false);
  expect(preferences['experimentalFeatures'] ?? false).toBe(false);
});

test("the window's process is shut into the system's sandbox", async ({ application }) => {
  test.skip(process.platform !== 'linux', 'seccomp is a thing of Linux');
  test.skip(process.getuid?.() === 0, 'Chromium has no process sandbox as root');
  await application.firstWindow();
  const status = readFileSync(`/proc/${String(await rendererPid(application))}/status`, 'utf8');
  expect(status).toMatch(/^Seccomp:\t2$/m);
});

test('no attempt to navigate, to open a window or to load a frame succeeds', async ({ application }) => {
  const page = await application.firstWindow();
  await page.waitForLoadState('load');
  const { server, url, hits } = await outside();
  const targets = [url, 'file:///etc/passwd', 'data:text/html,x', 'about:blank', 'studio://evil/'];
  const ways = [
    'assign',
    'replace',
    'open',
    'openNamed',
    'link',
    'blank',
    'form',
    'frame',
    'refresh',
    'download',
  ];
  for (const target of targets) for (const way of ways) await attempt(page, `${way} ${target}`);
  // An empty page cannot be prevented; the studio takes its place at once.
  await expect.poll(() => page.url()).toBe('studio://app/');
  expect(await windowCount(application)).toBe(1);
  expect(hits()).toBe(0);
  // Playwright's own idea of the title is lost with an attempt that was stopped.
  expect(await page.evaluate(() => document.title)).toContain('FaceNet Studio');
  server.close();
});

test('no script, picture or request but our own gets through the policy', async ({ application }) => {
  const page = await application.firstWindow();
  await page.waitForLoadState('load');
  const { server, url, hits } = await outside();
  const result = await page.evaluate(async (target) => {
    const blocked: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'window.wasRun = true';
    document.body.append(script);
    const remote = document.createElement('script');
    remote.src = `${target}x.js`;
    document.body.append(remote);
    document.body.insertAdjacentHTML(
      'beforeend',
      `<img src="${target}x.png"><img src="x" onerror="window.wasRun = true">`,
    );
    const request = await fetch(target).then(
      () => 'reached',
      () => 'blocked',
    );
    // Out of the test's own call: what a debugger runs is exempt from the policy.
    const evaluated = await new Promise<string>((resolve) => {
      setTimeout(() => {
        try {
          // The point of the test is that the policy stops this.
          // eslint-disable-next-line @typescript-eslint/no-implied-eval
          resolve(typeof new Function('return 1'));
        } catch {
          resolve('blocked');
        }
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { wasRun: 'wasRun' in window, request, evaluated, blocked: [...new Set(blocked)].sort() };
  }, url);
  expect(result).toMatchObject({ wasRun: false, request: 'blocked', evaluated: 'blocked' });
  expect(result.blocked).toEqual(
    expect.arrayContaining(['connect-src', 'img-src', 'script-src', 'script-src-elem']),
  );
  expect(hits()).toBe(0);
  server.close();
});

test('every permission is denied', async ({ application }) => {
  const page = await application.firstWindow();
  const states = await page.evaluate(async () => {
    const names = ['camera', 'microphone', 'geolocation', 'notifications', 'clipboard-read'];
    const asked = await Promise.all(
      names.map(async (name) => {
        // The list of names that TypeScript knows is shorter than the browser's.
        const status = await navigator.permissions.query({ name: name as PermissionName });
        return `${name} ${status.state}`;
      }),
    );
    const media = await navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => 'granted',
      () => 'denied',
    );
    return [...asked, `media ${media}`];
  });
  expect(states.filter((state) => !state.endsWith(' denied'))).toEqual([]);
});

test('made-up picture addresses give not one byte of a file', async ({ application, homes }) => {
  await application.firstWindow();
  const secret = join(homes.folder, 'secret.png');
  writeFileSync(secret, 'the secret');
  const pieces = [
    '..',
    '%2e%2e',
    '%2f',
    '/',
    '\\',
    '%5c',
    '%00',
    secret,
    'photo/',
    'crop/',
    '1',
    '?size=320',
    'pictures/',
  ];
  let state = 1;
  const next = (bound: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % bound;
  };
  const addresses = Array.from({ length: 2000 }, () =>
    Array.from({ length: 1 + next(8) }, () => pieces[next(pieces.length)] ?? '').join(''),
  );
  const leaked = await application.evaluate(async ({ session }, list) => {
    const found: string[] = [];
    for (const address of list) {
      const url = `studio-image://pictures/${address}`;
      const answer = await session.defaultSession.fetch(url).catch(() => null);
      if (answer === null) continue;
      if (answer.ok || (await answer.text()).includes('the secret')) found.push(url);
    }
    return found;
  }, addresses);
  expect(leaked).toEqual([]);
});
