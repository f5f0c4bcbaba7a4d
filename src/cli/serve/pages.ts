import { createReadStream } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { contentSecurityPolicy } from '../../contract/security-policy.ts';
import { WEB_PICTURE_PATH } from '../../contract/shell.ts';
import type { StudioClient } from '../../contract/studio.ts';
import { answerPicture, PICTURE_CACHE_CONTROL } from '../../node/processes/picture-answer.ts';
import type { WindowFile } from '../../node/processes/window-files.ts';
import type { Gate } from './gate.ts';

const IMMUTABLE = 'private, max-age=31536000, immutable';

export type Pages = {
  readonly gate: Gate;
  readonly files: ReadonlyMap<string, WindowFile>;
  readonly pictures: StudioClient['pictures'];
  /** `127.0.0.1:<port>`, for the policy. */
  readonly port: number;
};

const securityHeaders = (port: number): OutgoingHttpHeaders => ({
  // Safari does not count WebSockets of the same place as 'self'.
  'Content-Security-Policy': contentSecurityPolicy({
    pictures: "'self'",
    connections: `'self' ws://127.0.0.1:${String(port)} ws://localhost:${String(port)}`,
  }),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
});

const say = (
  response: ServerResponse,
  status: number,
  message: string,
  headers: OutgoingHttpHeaders,
): void => {
  response
    .writeHead(status, {
      ...headers,
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
    })
    .end(`${message}\n`);
};

const sendPicture = async (
  pages: Pages,
  address: string,
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
): Promise<void> => {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  const answer = await answerPicture(pages.pictures, address, gone.signal);
  if (answer.kind === 'refused') {
    say(response, answer.status, answer.message, headers);
    return;
  }
  response.writeHead(200, {
    ...headers,
    'Content-Type': answer.mimeType,
    'Content-Length': answer.bytes.byteLength,
    'Cache-Control': PICTURE_CACHE_CONTROL,
  });
  response.end(answer.bytes);
};

const sendFile = async (
  found: WindowFile,
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
): Promise<void> => {
  const caching = found.isImmutable ? IMMUTABLE : 'no-store';
  response.writeHead(200, { ...headers, 'Content-Type': found.mimeType, 'Cache-Control': caching });
  await pipeline(createReadStream(found.file), response);
};

/** Path and query of a request; null for what is no address. The base is never looked at. */
const parseTarget = (address: string): URL | null => {
  try {
    return new URL(address, 'http://studio');
  } catch {
    return null;
  }
};

/** Answers a request for the page, its files or a picture; refuses in one sentence. Rejects when the browser went away. */
export const answerPage = async (
  pages: Pages,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const headers = securityHeaders(pages.port);
  const target = parseTarget(request.url ?? '');
  if (target === null || request.method !== 'GET') {
    say(response, 405, 'The studio answers only to GET.', headers);
    return;
  }
  const judged = pages.gate.judgeRequest(target, request.headers);
  if (judged.kind === 'refuse') say(response, 403, judged.message, headers);
  else if (judged.kind === 'welcome') {
    response
      .writeHead(303, { ...headers, Location: '/', 'Set-Cookie': judged.cookie, 'Cache-Control': 'no-store' })
      .end();
  } else if (judged.kind === 'home')
    response.writeHead(303, { ...headers, Location: '/', 'Cache-Control': 'no-store' }).end();
  else if (target.pathname.startsWith(WEB_PICTURE_PATH)) {
    await sendPicture(
      pages,
      target.pathname.slice(WEB_PICTURE_PATH.length) + target.search,
      response,
      headers,
    );
  } else {
    const found = pages.files.get(target.pathname);
    // Browsers ask for it on their own.
    if (found === undefined && target.pathname === '/favicon.ico') {
      response.writeHead(204, headers).end();
      return;
    }
    if (found === undefined) say(response, 404, 'There is no such page.', headers);
    else await sendFile(found, response, headers);
  }
};
