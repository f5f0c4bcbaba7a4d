import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { openExchange, type Exchange } from './exchange.ts';
import { createFrameReader, writeFrame } from './frames.ts';
import type { ImageLimits } from './limits.ts';
import type { PlacedRequest, WorkerReply, WorkerRequest } from './messages.ts';
import { payloadInMemory, type Payload } from './payload.ts';

const CHANNEL_DESCRIPTOR = 3;
const MOST_ERROR_CHARACTERS = 4000;
const LEAVE_MS = 1000;

/** How a worker ended, and the last that it said on its error output. */
export type WorkerEnd = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly wasReady: boolean;
  readonly lastWords: string;
};

export type WorkerEvents = {
  /** @returns whether somebody has the payload now, and releases it */
  reply(reply: WorkerReply, payload: Payload): boolean;
  ended(end: WorkerEnd): void;
};

/** One running image process. */
export type WorkerProcess = {
  send(request: WorkerRequest, payload?: Uint8Array): void;
  /** Ends it at once; `ended` follows. */
  kill(): void;
  /** Lets it leave, by force after a second; resolves when it is gone. */
  close(): Promise<void>;
};

export type WorkerOptions = {
  readonly entry: string;
  readonly nodePath: string;
  readonly limits: ImageLimits;
};

/**
 * V8 weighs the pixels that come and go against its own small heap, and collects all of it for them; a larger start saves time, a much
 * larger one only takes memory. The collector can be called by hand when a large photo is let go.
 */
const NODE_ARGUMENTS = ['--initial-heap-size=64', '--max-old-space-size=512', '--expose-gc'];

const start = ({ entry, nodePath, limits }: WorkerOptions, exchange: Exchange | null): ChildProcess =>
  spawn(nodePath, [...NODE_ARGUMENTS, entry, JSON.stringify(limits)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', exchange?.descriptor ?? 'ignore'],
    // glibc keeps an arena of freed pixels for each thread; two are as fast here.
    env: { ...process.env, MALLOC_ARENA_MAX: '2', ELECTRON_RUN_AS_NODE: undefined, NODE_OPTIONS: undefined },
  });

/** Keeps a place of the exchange for each request whose answer has a payload, until it is answered. */
const createPlaces = (exchange: Exchange | null) => {
  const kept = new Map<number, number>();
  return {
    placed(request: WorkerRequest): PlacedRequest {
      if (exchange === null || (request.kind !== 'open' && request.kind !== 'crops'))
        return { ...request, place: null };
      const place = exchange.take();
      kept.set(request.id, place);
      return { ...request, place };
    },
    /** The payload of a reply, wherever it is. @throws when it is not where the reply says */
    payloadOf(reply: WorkerReply, sent: ArrayBuffer): Payload {
      if (exchange === null || reply.kind === 'ready' || reply.kind === 'begun') return payloadInMemory(sent);
      const place = kept.get(reply.id);
      if (place === undefined) return payloadInMemory(sent);
      kept.delete(reply.id);
      if (reply.left !== null) return exchange.payloadAt(place, reply.left);
      exchange.giveBack(place);
      return payloadInMemory(sent);
    },
  };
};

/** Starts an image process. What it says is untrusted: frames that are none end it. */
export const startWorker = (options: WorkerOptions, events: WorkerEvents): WorkerProcess => {
  const exchange = openExchange();
  const places = createPlaces(exchange);
  const child = start(options, exchange);
  const channel = child.stdio[CHANNEL_DESCRIPTOR];
  let lastWords = '';
  let wasReady = false;
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (isGone) return;
      isGone = true;
      exchange?.closeWhenUnused();
      resolve();
      events.ended({ code, signal, wasReady, lastWords: lastWords.trim() });
    };
    child.once('close', end);
    child.once('error', (error) => {
      lastWords += error.message;
      if (child.pid === undefined) end(null, null);
    });
  });
  child.stderr?.on('data', (text: Buffer) => {
    lastWords = (lastWords + text.toString('utf8')).slice(-MOST_ERROR_CHARACTERS);
  });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const deliver = createFrameReader((header, payload) => {
    if (!isReply(header)) throw new Error('A frame arrived that is no reply.');
    if (header.kind === 'ready') wasReady = true;
    const left = places.payloadOf(header, payload);
    if (!events.reply(header, left)) left.release();
  });
  if (channel instanceof Socket) {
    channel.on('data', (piece) => {
      try {
        deliver(piece);
      } catch {
        // Whatever it is, it does not speak our language any more: its photos are opened by the next one.
        kill();
      }
    });
    // The end of the process tells all that matters.
    channel.on('error', () => undefined);
  }
  return {
    send(request, payload) {
      if (!isGone && channel instanceof Socket && channel.writable) {
        writeFrame(channel, places.placed(request), payload === undefined ? [] : [payload]);
      }
    },
    kill,
    async close() {
      if (channel instanceof Socket) channel.end();
      const force = setTimeout(kill, LEAVE_MS);
      await gone;
      clearTimeout(force);
      exchange?.close();
    },
  };
};

const isReply = (header: unknown): header is WorkerReply =>
  typeof header === 'object' && header !== null && 'kind' in header && typeof header.kind === 'string';
