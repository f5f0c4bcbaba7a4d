import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Session } from 'electron';
import { PICTURE_SCHEME } from '../contract/picture-address.ts';
import { contentSecurityPolicy } from '../contract/security-policy.ts';
import type { StudioClient } from '../contract/studio.ts';
import { answerPicture, PICTURE_CACHE_CONTROL } from '../node/processes/picture-answer.ts';
import type { WindowFile } from '../node/processes/window-files.ts';
import { APP_SCHEME, isOurAddress, pictureAddressOf } from './addresses.ts';

const POLICY = contentSecurityPolicy({ pictures: `'self' ${PICTURE_SCHEME}:`, connections: "'self'" });
const NO_SNIFFING = { 'X-Content-Type-Options': 'nosniff' } as const;

const refuse = (status: number, message: string): Response =>
  new Response(message, { status, headers: { ...NO_SNIFFING, 'Content-Type': 'text/plain; charset=utf-8' } });

// Node's and the DOM's declarations of the same web stream differ in name only.
const webStream = (stream: Readable): ReadableStream => Readable.toWeb(stream) as ReadableStream;

const answerFile = (files: ReadonlyMap<string, WindowFile>, request: Request): Response => {
  const found = isOurAddress(request.url) ? files.get(new URL(request.url).pathname) : undefined;
  if (found === undefined || request.method !== 'GET') return refuse(404, 'There is no such file.');
  return new Response(webStream(createReadStream(found.file)), {
    headers: {
      ...NO_SNIFFING,
      'Content-Type': found.mimeType,
      'Content-Security-Policy': POLICY,
      'Cache-Control': 'no-store',
    },
  });
};

const answerImage = async (pictures: StudioClient['pictures'], request: Request): Promise<Response> => {
  const answer = await answerPicture(pictures, pictureAddressOf(request.url), request.signal);
  if (answer.kind === 'refused') return refuse(answer.status, answer.message);
  return new Response(answer.bytes, {
    headers: {
      ...NO_SNIFFING,
      'Content-Type': answer.mimeType,
      'Cache-Control': PICTURE_CACHE_CONTROL,
    },
  });
};

/** Serves the window from the list of its files, and pictures by id, to the windows of a session. */
export const serveProtocols = (
  session: Session,
  files: ReadonlyMap<string, WindowFile>,
  pictures: StudioClient['pictures'],
): void => {
  session.protocol.handle(APP_SCHEME, (request) => answerFile(files, request));
  session.protocol.handle(PICTURE_SCHEME, (request) => answerImage(pictures, request));
};
