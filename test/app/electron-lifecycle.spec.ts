import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Page } from '@playwright/test';
import { servicesOf } from './processes.ts';
import { electronCommand, expect, launchElectron, test } from './studio.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

declare global {
  // Where the page of these tests keeps the ports that it was given.
  var portsForTest: MessagePort[] | undefined;
}

/** Loads the page anew with a listener that keeps every port. */
const keepPorts = async (page: Page): Promise<void> => {
  await page.addInitScript(() => {
    globalThis.portsForTest = [];
    window.addEventListener('message', (event) => {
      if (event.data === 'studio-port') globalThis.portsForTest?.push(...event.ports);
    });
  });
  await page.reload();
  await portCount(page, 1);
};

const portCount = (page: Page, least: number): Promise<unknown> =>
  page.waitForFunction((count) => (globalThis.portsForTest?.length ?? 0) >= count, least);

test.skip(process.platform === 'win32', 'ps lists processes elsewhere');

test('a thousand malformed messages of the window end neither main nor the service', async ({
  application,
}) => {
  const page = await application.firstWindow();
  await keepPorts(page);
  const [before] = servicesOf(application);
  await page.evaluate(() => {
    const port = globalThis.portsForTest?.[0];
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const messages: unknown[] = [
      null,
      7,
      '',
      '{',
      '{}',
      '{"i":"1"}',
      '{"i":"1","p":{"u":"/../../x"}}',
      '{"__proto__":{"x":1}}',
      cycle,
      new Uint8Array(9),
      new ArrayBuffer(3),
      new Date(),
      new Map([[1, 2]]),
      [1, [2]],
      'x'.repeat(2 << 20),
      new Uint8Array(2 << 20),
    ];
    for (let index = 0; index < 1000; index += 1) port?.postMessage(messages[index % messages.length]);
  });
  await page.waitForTimeout(500);
  expect(servicesOf(application)).toEqual([before]);
  await keepPorts(page);
});

test('a service that is killed comes back, and the window gets a new way to it', async ({ application }) => {
  const page = await application.firstWindow();
  await keepPorts(page);
  const [before = 0] = servicesOf(application);
  expect(before).toBeGreaterThan(0);
  process.kill(before, 'SIGKILL');
  // The ports may outrun the restart: the first window can get two while it loads.
  await expect.poll(() => servicesOf(application).filter((service) => service !== before)).toHaveLength(1);
  await portCount(page, 2);
});

test('quitting ends the service too', async ({ homes }) => {
  const application = await launchElectron(homes);
  const services = servicesOf(application);
  expect(services).toHaveLength(1);
  await application.close();
  expect(services.filter(isAlive)).toEqual([]);
});

test('a second start shows the window that is there already', async ({ application, homes }) => {
  await application.firstWindow();
  const visible = (): Promise<readonly boolean[]> =>
    application.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.isVisible()),
    );
  await expect.poll(visible).toEqual([true]);
  await application.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.hide();
  });
  expect(await visible()).toEqual([false]);
  const { command, args, environment } = electronCommand(homes);
  const second = spawn(command, args, { env: environment, stdio: 'ignore' });
  await once(second, 'exit');
  await expect.poll(visible).toEqual([true]);
});
