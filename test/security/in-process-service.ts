import { createRouterClient, implement } from '@orpc/server';
import { Channel } from '../../src/contract/channel.ts';
import { studioContract, type StudioClient } from '../../src/contract/studio.ts';
import { serve } from '../../src/node/processes/serve.ts';
import type { SharedProcess } from '../../src/node/processes/share.ts';

export type InProcessService = Pick<SharedProcess<StudioClient>, 'admit' | 'client'> & {
  /** What the service reported: messages that were no frames. */
  readonly reports: readonly unknown[];
};

/**
 * The part of the studio service that shells use, in this process: it knows one picture (`source`, photo 1) and describes
 * seven sample photos. Everything between a shell's transport and a handler is the real code.
 */
export const inProcessService = (picture: {
  readonly source: string;
  readonly file: string;
}): InProcessService => {
  const os = implement(studioContract);
  const router = {
    samples: { describe: os.samples.describe.handler(() => ({ photos: 7, licence: 'MIT' })) },
    pictures: {
      locate: os.pictures.locate.handler(({ input, errors }) => {
        if (input.kind === 'photo' && input.source === picture.source && input.photo === 1) {
          return { file: picture.file, mimeType: 'image/png' };
        }
        throw errors.NOT_FOUND({ data: { message: 'There is no such photo.' } });
      }),
    },
  };
  const reports: unknown[] = [];
  const attach = serve(router, (error) => reports.push(error));
  return {
    reports,
    // Shells call only what stands above; the rest of the contract is the studio's own.
    client: createRouterClient(router) as unknown as StudioClient,
    admit(guest) {
      const channel = new Channel('guest', (frame) => {
        if ('data' in frame) guest.message(frame.data);
        else guest.closed();
      });
      attach(channel);
      return {
        relay(data) {
          channel.deliver(data);
          return true;
        },
        end: () => {
          channel.closed();
        },
      };
    },
  };
};
