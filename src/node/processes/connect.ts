import { RPCLink } from '@orpc/client/message-port';
import { Channel } from '../../contract/channel.ts';
import { createSession } from '../../contract/session.ts';
import { supervise, type Supervised, type SuperviseOptions } from './supervise.ts';

export type ProcessConnection<Client> = {
  /** Calls made while the process starts, or restarts, wait for it. */
  readonly client: Client;
  readonly process: Supervised;
};

/** Starts a program of the build and gives a typed client for what it serves. The caller stops `process`. */
export const connectProcess = <Client extends object>(
  options: Omit<SuperviseOptions, 'events'> & {
    readonly onUp?: () => void;
    readonly onDown?: (reason: string, final: boolean) => void;
  },
): ProcessConnection<Client> => {
  const session = createSession<Client>();
  let channel: Channel | null = null;
  let attempt = 0;
  const supervised = supervise({
    ...options,
    events: {
      up() {
        attempt += 1;
        const opened = new Channel(String(attempt), (frame) => supervised.send(frame));
        channel = opened;
        session.connect((closed) => {
          opened.on('close', closed);
          return new RPCLink({ port: opened });
        });
        options.onUp?.();
      },
      down(reason, final) {
        channel?.closed();
        channel = null;
        options.onDown?.(reason, final);
      },
      frame(frame) {
        if (channel?.name !== frame.channel) return;
        if ('close' in frame) channel.closed();
        else channel.deliver(frame.data);
      },
    },
  });
  return { client: session.client, process: supervised };
};
