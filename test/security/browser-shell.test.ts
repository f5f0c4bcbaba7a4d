import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { request as httpRequest, Agent } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RPCLink } from '@orpc/client/websocket';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startBrowserShell, type BrowserShell } from '../../src/cli/serve/server.ts';
import { createSession } from '../../src/contract/session.ts';
import type { StudioClient } from '../../src/contract/studio.ts';
import { listWindowFiles } from '../../src/node/processes/window-files.ts';
import { inProcessService, type InProcessService } from './in-process-service.ts';

const TRIES = 10_000;
const SECRET = 'the secret outside of everything that is served';
const PICTURE = 'pixels of the one picture';

type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
};

const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-'));
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const reports: string[] = [];
let service: InProcessService;
let shell: BrowserShell;
let cookie: string;

const get = (
  path: string,
  headers: Record<string, string> = {},
  host = `127.0.0.1:${String(shell.port)}`,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest(
      { agent, host: '127.0.0.1', port: shell.port, path, headers: { Host: host, ...headers } },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
        });
      },
    );
    sent.on('error', reject);
    sent.end();
  });

const inside = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  get(path, { Cookie: cookie, ...headers });

/** The HTTP status that a WebSocket was refused with, or 101 when it was let in. */
const upgrade = (headers: Record<string, string>, path = '/studio'): Promise<number> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${String(shell.port)}${path}`, { headers });
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });

const ourOrigin = (): string => `http://127.0.0.1:${String(shell.port)}`;

beforeAll(async () => {
  const windowFolder = join(folder, 'window');
  await mkdir(join(windowFolder, 'assets'), { recursive: true });
  writeFileSync(join(windowFolder, 'index.html'), '<title>FaceNet Studio</title>');
  writeFileSync(join(windowFolder, 'assets', 'index-1.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), SECRET);
  writeFileSync(join(folder, 'secret.png'), SECRET);
  writeFileSync(join(folder, 'picture.png'), PICTURE);
  service = inProcessService({ source: 'source', file: join(folder, 'picture.png') });
  shell = await startBrowserShell({
    port: 0,
    service,
    files: listWindowFiles(windowFolder),
    report: (sentence) => reports.push(sentence),
  });
  const { pathname, search } = new URL(shell.url);
  const welcome = await get(pathname + search);
  cookie = String(welcome.headers['set-cookie']).split(';')[0] ?? '';
});

afterAll(async () => {
  agent.destroy();
  await shell.close();
  rmSync(folder, { recursive: true });
});

describe('the browser shell lets in', () => {
  it('the browser that opened the one-time link, and shows it the window under a strict policy', async () => {
    const page = await inside('/');
    expect(page.status).toBe(200);
    expect(page.body).toContain('FaceNet Studio');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  it('its picture requests, by id', async () => {
    const answer = await inside('/studio-image/photo/source/1?size=320&v=1');
    expect(answer).toMatchObject({ status: 200, body: PICTURE });
    expect((await inside('/studio-image/photo/source/2?size=320&v=1')).status).toBe(404);
  });

  it('its calls, over one WebSocket', async () => {
    const session = createSession<StudioClient>();
    const socket = new WebSocket(`ws://127.0.0.1:${String(shell.port)}/studio`, {
      headers: { Origin: ourOrigin(), Cookie: cookie },
    });
    socket.binaryType = 'arraybuffer';
    session.connect((closed) => {
      socket.on('close', closed);
      // `ws` has the part of the DOM's WebSocket that the link uses.
      return new RPCLink({ websocket: socket as unknown as globalThis.WebSocket });
    });
    expect(await session.client.samples.describe({})).toEqual({ photos: 7, licence: 'MIT' });
    socket.terminate();
  });
});

describe('the browser shell refuses, in one sentence,', () => {
  it('the second use of the link, with what to do instead', async () => {
    const { pathname, search } = new URL(shell.url);
    const again = await get(pathname + search);
    expect(again.status).toBe(403);
    expect(again.body).toContain('used already');
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  it('a wrong token, no cookie and a wrong cookie', async () => {
    expect((await get('/?token=AAAA')).status).toBe(403);
    expect((await get('/')).status).toBe(403);
    expect((await get('/', { Cookie: `${cookie}x` })).status).toBe(403);
    expect((await get('/studio-image/photo/source/1?size=320')).status).toBe(403);
  });

  it('every Host but this loopback address, even with the cookie: a rebound name among them', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${String(shell.port)}`,
      '127.0.0.1',
      '127.0.0.1:1',
      '0.0.0.0:80',
      '',
    ]) {
      const answer = await get('/', { Cookie: cookie, Origin: `http://${host}` }, host);
      expect([host, answer.status]).toEqual([host, 403]);
    }
    expect((await get('/', { Cookie: cookie }, `localhost:${String(shell.port)}`)).status).toBe(200);
  });

  it('every Origin but its own, the empty one among them', async () => {
    for (const origin of [
      'http://evil.example',
      'null',
      'https://127.0.0.1',
      `${ourOrigin()}0`,
      'http://127.0.0.1',
    ]) {
      expect([origin, (await inside('/', { Origin: origin })).status]).toEqual([origin, 403]);
      expect([origin, await upgrade({ Origin: origin, Cookie: cookie })]).toEqual([origin, 403]);
    }
  });

  it('a WebSocket without Origin, without cookie, or at another address', async () => {
    expect(await upgrade({ Cookie: cookie })).toBe(403);
    expect(await upgrade({ Origin: ourOrigin() })).toBe(403);
    expect(await upgrade({ Origin: ourOrigin(), Cookie: cookie }, '/other')).toBe(404);
    expect(await upgrade({ Origin: ourOrigin(), Cookie: cookie })).toBe(101);
  });

  it('every other method', async () => {
    const answer = await fetch(`${ourOrigin()}/`, { method: 'POST', headers: { Cookie: cookie } });
    expect(answer.status).toBe(405);
  });
});

/** Pieces of addresses that lead out of a folder when somebody joins them to a path. */
const piece = fc.constantFrom(
  ...[
    '..',
    '../',
    '%2e%2e/',
    '..%2f',
    '%2f',
    '/',
    '//',
    '..\\',
    '%5c',
    '%00',
    'secret.txt',
    'secret.png',
    'index.html',
  ],
  ...[
    'assets/',
    'window/',
    'studio-image/',
    'photo/',
    'crop/',
    'source/',
    '1',
    '?size=320',
    '%25',
    '.',
    '~',
    folder,
  ],
);
const address = fc.array(piece, { minLength: 1, maxLength: 10 }).map((pieces) => pieces.join(''));

describe('of what lies outside', () => {
  it(`not one byte is served, by ${String(TRIES)} made-up addresses`, async () => {
    const addresses = fc.sample(address, { numRuns: TRIES, seed: 20_261_124 });
    let leaks = 0;
    let served = 0;
    const ask = async (path: string): Promise<void> => {
      const { status, body } = await inside(path);
      if (body.includes(SECRET)) leaks += 1;
      if (status === 200) served += 1;
    };
    const AT_ONCE = 8;
    for (let first = 0; first < addresses.length; first += AT_ONCE) {
      const batch = addresses.slice(first, first + AT_ONCE);
      await Promise.all(
        batch.map((path, index) => ask(index % 2 === 0 ? `/${path}` : `/studio-image/${path}`)),
      );
    }
    expect(leaks).toBe(0);
    // Some do lead to the page itself, so the requests were real ones.
    expect(served).toBeGreaterThan(0);
  });

  it('nothing is served to requests that are no HTTP, and the shell goes on', async () => {
    for (const line of [
      'GET /../secret.txt HTTP/1.1',
      'GET ../../secret.txt HTTP/1.0',
      '\0\0\0',
      'GET http://[ HTTP/1.1',
    ]) {
      const text = await new Promise<string>((resolve) => {
        const socket = connect(shell.port, '127.0.0.1');
        let heard = '';
        socket.on('data', (chunk) => (heard += String(chunk)));
        socket.on('error', () => undefined);
        socket.on('close', () => {
          resolve(heard);
        });
        socket.end(
          `${line}\r\nHost: 127.0.0.1:${String(shell.port)}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
        );
      });
      expect(text).not.toContain(SECRET);
    }
    expect((await inside('/')).status).toBe(200);
  });

  it('a link in the place of a picture is not followed', async () => {
    const { symlinkSync } = await import('node:fs');
    symlinkSync(join(folder, 'secret.png'), join(folder, 'link.png'));
    const linking = inProcessService({ source: 'source', file: join(folder, 'link.png') });
    const { answerPicture } = await import('../../src/node/processes/picture-answer.ts');
    const answer = await answerPicture(
      linking.client.pictures,
      'photo/source/1?size=320',
      new AbortController().signal,
    );
    expect(answer.kind).toBe('refused');
  });
});
