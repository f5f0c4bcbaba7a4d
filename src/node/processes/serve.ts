import { setTimeout as delay } from 'node:timers/promises';
import { ServerPeer } from '@orpc/standard-server-peer';
import { StandardRPCHandler } from '@orpc/server/standard';
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer';
import type { AnyRouter } from '@orpc/server';
import { Channel, type Frame, type Wire } from '../../contract/channel.ts';

type Report = (error: unknown) => void;

/** Answers the calls that arrive on a wire. Anything that is not a frame is reported and dropped: it never ends the process. */
export const serve = (router: AnyRouter, report: Report): ((wire: Wire) => void) => {
  const handle = createServerPeerHandleRequestFn(new StandardRPCHandler(router, {}), { context: {} });
  return (wire) => {
    const peer = new ServerPeer((message) => {
      wire.postMessage(message);
    });
    wire.on('message', (event) => {
      const data = event?.data;
      if (typeof data !== 'string' && !(data instanceof Uint8Array) && !(data instanceof ArrayBuffer)) {
        report(new TypeError('A message that is no frame was dropped.'));
        return;
      }
      peer.message(data, handle).catch(report);
    });
    wire.on('close', () => {
      peer.close();
    });
  };
};

const isFrame = (message: unknown): message is Frame =>
  typeof message === 'object' &&
  message !== null &&
  'channel' in message &&
  typeof message.channel === 'string';

export type Served = {
  readonly router: AnyRouter;
  /** Closes what is open, when the parent is gone. */
  readonly end?: () => Promise<void>;
};

/** Whoever stops this process waits longer than that. */
const MOST_END_MS = 8000;

/**
 * Serves a router to the process that forked this one, over any number of channels; says `ready`, and ends with its parent, once what was
 * open is closed.
 * @throws when this process was not forked.
 */
export const serveParent = ({ router, end }: Served, report: Report): void => {
  if (process.send === undefined) throw new Error('This program is started by the studio, not by hand.');
  const post = process.send.bind(process);
  // A message that no longer reaches the parent is of no use: `disconnect` below ends this process.
  const send = (message: Frame | { readonly ready: true }): void => {
    if (process.connected) post(message, () => undefined);
  };
  const attach = serve(router, report);
  const channels = new Map<string, Channel>();
  process.on('message', (message) => {
    if (!isFrame(message)) {
      report(new TypeError('A message that is no frame was dropped.'));
      return;
    }
    let channel = channels.get(message.channel);
    if ('close' in message) {
      channels.delete(message.channel);
      channel?.closed();
      return;
    }
    if (channel === undefined) {
      channel = new Channel(message.channel, send);
      channels.set(message.channel, channel);
      attach(channel);
    }
    channel.deliver(message.data);
  });
  process.on('disconnect', () => {
    const ended = Promise.resolve(end?.()).catch(report);
    void Promise.race([ended, delay(MOST_END_MS)]).then(() => process.exit(0));
  });
  // Ctrl-C in a terminal reaches every process of the group; the first of them decides what becomes of the work.
  process.on('SIGINT', () => undefined);
  send({ ready: true });
};
