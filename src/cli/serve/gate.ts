import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const TOKEN_BYTES = 32;

export type GateAnswer =
  | { readonly kind: 'enter' }
  /** The one use of the token: set the cookie and show the studio. */
  | { readonly kind: 'welcome'; readonly cookie: string }
  | { readonly kind: 'home' }
  | { readonly kind: 'refuse'; readonly message: string };

export type Gate = {
  /** Path and query of the one-time address. */
  readonly entrance: string;
  /** Judges a request for a page, a file or a picture. */
  judgeRequest(url: URL, headers: IncomingHttpHeaders): GateAnswer;
  /** Judges a WebSocket: it must come from a page of this very address, with the cookie. */
  judgeSocket(headers: IncomingHttpHeaders): GateAnswer;
};

const isSame = (given: string, wanted: string): boolean => {
  const left = Buffer.from(given);
  const right = Buffer.from(wanted);
  return left.length === right.length && timingSafeEqual(left, right);
};

const cookieOf = (headers: IncomingHttpHeaders, name: string): string | null => {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
};

const refuse = (message: string): GateAnswer => ({ kind: 'refuse', message });

const WRONG_HOST = refuse('The studio answers only at its own address on this machine.');
const WRONG_ORIGIN = refuse('The studio answers only to its own page.');
const NO_SESSION = refuse('Open the link that "facenet-studio serve" printed: it lets this browser in.');
const USED = refuse('This link was used already. Start "facenet-studio serve" again for a new one.');

/**
 * Who may talk to the browser shell: requests whose Host is literally this loopback address, whose Origin, if they name
 * one, is the same, and which carry the cookie that the one-time token was changed for. Literal hosts keep rebound DNS
 * names out; the cookie keeps other programs' pages and users of this machine out.
 */
export const createGate = (port: number, random: (bytes: number) => Buffer = randomBytes): Gate => {
  const token = random(TOKEN_BYTES).toString('base64url');
  const session = random(TOKEN_BYTES).toString('base64url');
  // Cookies know no ports, so the name tells two studios on one machine apart.
  const cookieName = `facenet-studio-${String(port)}`;
  const hosts = new Set(['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${String(port)}`));
  let isTokenUsed = false;

  const judgePlace = (headers: IncomingHttpHeaders): GateAnswer | null => {
    if (headers.host === undefined || !hosts.has(headers.host)) return WRONG_HOST;
    if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return WRONG_ORIGIN;
    return null;
  };
  const hasSession = (headers: IncomingHttpHeaders): boolean => {
    const given = cookieOf(headers, cookieName);
    return given !== null && isSame(given, session);
  };

  return {
    entrance: `/?token=${token}`,
    judgeRequest(url, headers) {
      const misplaced = judgePlace(headers);
      if (misplaced !== null) return misplaced;
      const given = url.searchParams.get('token');
      if (given === null) return hasSession(headers) ? { kind: 'enter' } : NO_SESSION;
      if (hasSession(headers)) return { kind: 'home' };
      if (!isSame(given, token)) return NO_SESSION;
      if (isTokenUsed) return USED;
      isTokenUsed = true;
      return { kind: 'welcome', cookie: `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/` };
    },
    judgeSocket(headers) {
      const misplaced = judgePlace(headers);
      if (misplaced !== null) return misplaced;
      if (headers.origin === undefined) return WRONG_ORIGIN;
      return hasSession(headers) ? { kind: 'enter' } : NO_SESSION;
    },
  };
};
