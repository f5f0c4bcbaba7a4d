import type { WorkEvent } from '../../contract/procedure.ts';
import type { StudioClient } from '../../contract/studio.ts';
import type { CommandContext } from '../context.ts';
import { CommandError, EXIT } from '../failure.ts';
import { createProgressLine } from '../terminal.ts';

/** Procedures about clean labels. */
export type CleaningClient = StudioClient['cleaning'];

type FollowOptions = {
  readonly json: boolean;
  readonly quiet: boolean;
  /** What is done with the faces, for the line of progress. */
  readonly verb: string;
};

/** Shows progress until the report; null, said and with its exit code set, when the person stopped it. @throws CommandError when it ends without one */
export const followFaces = async <Report>(
  context: CommandContext,
  { json, quiet, verb }: FollowOptions,
  work: (client: StudioClient, signal: AbortSignal) => Promise<AsyncIteratorObject<WorkEvent<Report>>>,
): Promise<Report | null> => {
  const stop = new AbortController();
  const report = await context.withStudio(async (client, lost) => {
    const line = createProgressLine(context.terminal, {
      verb,
      unit: 'faces',
      isQuiet: quiet,
      now: context.now,
    });
    const stopListening = context.onInterrupt(() => {
      stop.abort();
    });
    try {
      for await (const event of await work(client, AbortSignal.any([lost, stop.signal]))) {
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
    context.terminal.error('Stopped. Nothing was changed.\n');
    if (json) context.terminal.out(`${JSON.stringify({ error: 'Stopped.' })}\n`);
    context.exit(EXIT.interrupted);
    return null;
  }
  if (report === null)
    throw new CommandError('FAILED', 'The work ended without a result: run the same again.');
  return report;
};

/** The same for what the procedures about clean labels do. */
export const followCleaning = <Report>(
  context: CommandContext,
  { json, quiet }: { readonly json: boolean; readonly quiet: boolean },
  work: (client: CleaningClient, signal: AbortSignal) => Promise<AsyncIteratorObject<WorkEvent<Report>>>,
): Promise<Report | null> =>
  followFaces(context, { json, quiet, verb: 'Comparing' }, ({ cleaning }, signal) => work(cleaning, signal));
