import { RPCLink } from '@orpc/client/message-port';
import type { AnyRouter } from '@orpc/server';
import { Channel, type Frame } from '../../../src/contract/channel.ts';
import { serve } from '../../../src/node/processes/serve.ts';

/**
 * A link to a router in this process. Calls, results and errors are written and read as between processes; only the pipe is
 * missing.
 */
export const linkInProcess = (router: AnyRouter, report: (error: unknown) => void) => {
  const carry = (other: () => Channel) => (frame: Frame) => {
    if ('data' in frame) other().deliver(frame.data);
  };
  const ours: Channel = new Channel(
    'ours',
    carry(() => theirs),
  );
  const theirs: Channel = new Channel(
    'theirs',
    carry(() => ours),
  );
  serve(router, report)(theirs);
  return new RPCLink({ port: ours });
};
