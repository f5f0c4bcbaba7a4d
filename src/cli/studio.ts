import type { StudioClient } from '../contract/studio.ts';
import { connectProcess } from '../node/processes/connect.ts';
import { processEntry } from '../node/processes/entry.ts';
import { CommandError } from './failure.ts';

/** Starts a studio service for one command, and ends it after. @throws CommandError when the service ends by itself */
export const withStudio = async <Result>(
  work: (studio: StudioClient, lost: AbortSignal) => Promise<Result>,
  entry: string = processEntry('studio'),
): Promise<Result> => {
  const lost = new AbortController();
  const connection = connectProcess<StudioClient>({
    entry,
    restart: false,
    onDown(reason) {
      lost.abort(
        new CommandError(
          'FAILED',
          `The studio service ended unexpectedly: ${reason} Run the same again; everything done is kept.`,
        ),
      );
    },
  });
  try {
    return await work(connection.client, lost.signal);
  } catch (error) {
    // How a lost connection rejects says nothing of the reason.
    if (lost.signal.aborted) throw lost.signal.reason;
    throw error;
  } finally {
    await connection.process.stop();
  }
};
