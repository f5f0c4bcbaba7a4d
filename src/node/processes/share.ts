import { RPCLink } from '@orpc/client/message-port';
import { Channel } from '../../contract/channel.ts';
import { createSession } from '../../contract/session.ts';
import { supervise, type Supervised, type SuperviseOptions } from './supervise.ts';

/** No call of a window is near this size; whatever is larger is not one of ours. */
export const MOST_MESSAGE_BYTES = 1 << 20;

/** One end of a conversation that somebody else holds with the process: a window's port, a browser's socket. */
export type Guest = {
  /** A message from the process. */
  message(data: unknown): void;
  /** The process went down, or ended the conversation. Nothing follows. */
  closed(): void;
};

export type Conversation = {
  /** Relays a message unread. False when it was dropped because it cannot be one of ours or the process is down. */
  relay(data: unknown): boolean;
  /** Ends the conversation: calls in flight are cancelled. `closed` is not called. */
  end(): void;
};

export type SharedProcess<Client> = {
  /** The shell's own client; calls made while the process is down wait for it. */
  readonly client: Client;
  readonly process: Supervised;
  /** Opens a conversation; null while the process is down. */
  admit(guest: Guest): Conversation | null;
};

const isRelayable = (data: unknown): boolean => {
  if (typeof data === 'string') return data.length <= MOST_MESSAGE_BYTES;
  return (data instanceof Uint8Array || data instanceof ArrayBuffer) && data.byteLength <= MOST_MESSAGE_BYTES;
};

/**
 * Starts a program of the build for many guests, each with a conversation of its own, and for the shell itself.
 * The caller stops `process`. `onUp` is called on every start, `onDown` on every end.
 */
export const shareProcess = <Client extends object>(
  options: Omit<SuperviseOptions, 'events'> & {
    readonly onUp?: () => void;
    readonly onDown?: (reason: string, final: boolean) => void;
  },
): SharedProcess<Client> => {
  const session = createSession<Client>();
  const guests = new Map<string, Guest>();
  let count = 0;
  let isUp = false;

  const admit = (guest: Guest): Conversation | null => {
    if (!isUp) return null;
    count += 1;
    const channel = String(count);
    guests.set(channel, guest);
    return {
      relay: (data) => isRelayable(data) && guests.has(channel) && supervised.send({ channel, data }),
      end() {
        if (guests.delete(channel)) supervised.send({ channel, close: true });
      },
    };
  };

  const admitOurselves = (): void => {
    const own: { conversation: Conversation | null } = { conversation: null };
    const channel = new Channel('own', (frame) => {
      if ('data' in frame) own.conversation?.relay(frame.data);
    });
    own.conversation = admit({
      message: (data) => {
        channel.deliver(data);
      },
      closed: () => {
        channel.closed();
      },
    });
    session.connect((closed) => {
      channel.on('close', closed);
      return new RPCLink({ port: channel });
    });
  };

  const supervised = supervise({
    ...options,
    events: {
      up() {
        isUp = true;
        admitOurselves();
        options.onUp?.();
      },
      down(reason, final) {
        isUp = false;
        const gone = [...guests.values()];
        guests.clear();
        for (const guest of gone) guest.closed();
        options.onDown?.(reason, final);
      },
      frame(frame) {
        const guest = guests.get(frame.channel);
        if (guest === undefined) return;
        if ('close' in frame) {
          guests.delete(frame.channel);
          guest.closed();
        } else guest.message(frame.data);
      },
    },
  });
  return { client: session.client, process: supervised, admit };
};
