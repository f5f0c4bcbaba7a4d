import type { WorkEvent } from '../../contract/procedure.ts';
import type { CommandContext } from '../context.ts';
import { CommandError, EXIT } from '../failure.ts';
import { createProgressLine } from '../terminal.ts';
import { withWorkspace, type WorkspaceClient } from './with-workspace.ts';

/** Work on a workspace that takes its time. */
export type Work<Report> = {
  readonly access: 'read' | 'write';
  /** What it does, for the line of progress: `Aligning` 12 of 400 `photos`. */
  readonly verb: string;
  readonly unit: string;
  /** What is said after `Stopped.` when the person pressed Ctrl-C. */
  readonly stopped: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly work: (
    client: WorkspaceClient,
    signal: AbortSignal,
  ) => Promise<AsyncIteratorObject<WorkEvent<Report>>>;
};

/** Shows progress until the report; null, said and with its exit code set, when the person stopped it. @throws CommandError when it ends without one */
export const followWork = async <Report>(
  context: CommandContext,
  workspace: string,
  { access, verb, unit, stopped, json, quiet, work }: Work<Report>,
): Promise<Report | null> => {
  const stop = new AbortController();
  const report = await withWorkspace(context, workspace, access, async (client, lost) => {
    const line = createProgressLine(context.terminal, { verb, unit, isQuiet: quiet, now: context.now });
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
    context.terminal.error(`Stopped. ${stopped}\n`);
    if (json) context.terminal.out(`${JSON.stringify({ error: 'Stopped.' })}\n`);
    context.exit(EXIT.interrupted);
    return null;
  }
  if (report === null)
    throw new CommandError('FAILED', 'The work ended without a result: run the same again.');
  return report;
};
