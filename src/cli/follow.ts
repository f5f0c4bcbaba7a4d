import type { WorkEvent } from '../contract/procedure.ts';
import type { StudioClient } from '../contract/studio.ts';
import type { CommandContext } from './context.ts';
import { CommandError, EXIT } from './failure.ts';
import { createProgressLine } from './terminal.ts';

/** How work that takes its time is shown. */
export type Following = {
  /** What it does, for the line of progress: `Aligning` 12 of 400 `photos`. */
  readonly verb: string;
  readonly unit: string;
  /** What is said after `Stopped.` when the person pressed Ctrl-C. */
  readonly stopped: string;
  readonly json: boolean;
  readonly quiet: boolean;
};

/** Begins work, which tells how far it has come and ends with its report. */
export type Begin<Client, Report> = (
  client: Client,
  signal: AbortSignal,
) => Promise<AsyncIteratorObject<WorkEvent<Report>>>;

/**
 * Shows progress until the report. `withClient` lends the client for that time, and a signal for when the service is lost.
 * @returns the report; null, said and with its exit code set, when the person stopped it
 * @throws CommandError when it ends without one
 */
export const follow = async <Client, Report>(
  context: CommandContext,
  { verb, unit, stopped, json, quiet }: Following,
  withClient: (use: (client: Client, lost: AbortSignal) => Promise<Report | null>) => Promise<Report | null>,
  begin: Begin<Client, Report>,
): Promise<Report | null> => {
  const stop = new AbortController();
  const report = await withClient(async (client, lost) => {
    const line = createProgressLine(context.terminal, { verb, unit, isQuiet: quiet, now: context.now });
    const stopListening = context.onInterrupt(() => {
      stop.abort();
    });
    try {
      for await (const event of await begin(client, AbortSignal.any([lost, stop.signal]))) {
        if (event.kind === 'report') return event.report;
        line.show(event.progress, null);
      }
      return null;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      return null;
    } finally {
      stopListening();
      line.end();
    }
  });
  if (stop.signal.aborted) {
    context.terminal.error(`Stopped. ${stopped}\n`);
    if (json) context.terminal.out(`${JSON.stringify({ error: 'Stopped.' })}\n`);
    context.exit(EXIT.interrupted);
    return null;
  }
  if (report === null)
    throw new CommandError('FAILED', 'The work ended without a result: run the same again.');
  return report;
};

/** The same for work on pictures that leaves them as they are: making vectors, and judging by them. */
export const followPictures = <Report>(
  context: CommandContext,
  { json, quiet }: Pick<Following, 'json' | 'quiet'>,
  begin: Begin<StudioClient, Report>,
): Promise<Report | null> =>
  follow(
    context,
    {
      verb: 'Embedding',
      unit: 'pictures',
      stopped: 'Nothing was written but vectors of a workspace, which are kept.',
      json,
      quiet,
    },
    (use) => context.withStudio(use),
    begin,
  );
