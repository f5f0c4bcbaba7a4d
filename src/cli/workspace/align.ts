import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineChoice } from '../../contract/engine.ts';
import type { IngestReport } from '../../contract/workspace.ts';
import type { CommandContext } from '../context.ts';
import { CommandError, EXIT } from '../failure.ts';
import { createProgressLine } from '../terminal.ts';
import { counted, duration } from '../words.ts';
import { write } from './output.ts';
import { withWorkspace } from './with-workspace.ts';

/** Whether a folder is a workspace. */
export const isWorkspace = (folder: string): boolean => existsSync(join(folder, 'catalogue.sqlite'));

const linesOf = ({ files, faces, crops, seconds, statuses, engine }: IngestReport): readonly string[] => [
  `${counted(files, 'file', 'files')}: ${counted(faces, 'face', 'faces')}, ${counted(crops, 'crop', 'crops')}, in ${duration(seconds)} on ${engine.backend} ${engine.version}, ${engine.device}.`,
  ...(statuses.unreadable > 0
    ? [
        `${counted(statuses.unreadable, 'file', 'files')} could not be read: "facenet-studio list <workspace> --files unreadable" names them.`,
      ]
    : []),
];

/** Aligns what waits in a workspace. @throws CommandError when it ends without a report */
export const alignWorkspace = async (
  workspace: string,
  options: { readonly engine: EngineChoice; readonly json: boolean; readonly quiet: boolean },
  context: CommandContext,
): Promise<void> => {
  const stop = new AbortController();
  const report = await withWorkspace(context, workspace, 'write', async (client, lost) => {
    const line = createProgressLine(context.terminal, {
      verb: 'Aligning',
      isQuiet: options.quiet,
      now: context.now,
    });
    const stopListening = context.onInterrupt(() => {
      stop.abort();
    });
    try {
      const signal = AbortSignal.any([lost, stop.signal]);
      for await (const event of await client.align({ workspace, engine: options.engine }, { signal })) {
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
    context.terminal.error('Stopped. Everything done is kept; the same command continues.\n');
    if (options.json) context.terminal.out(`${JSON.stringify({ error: 'Stopped.' })}\n`);
    context.exit(EXIT.interrupted);
    return;
  }
  if (report === null)
    throw new CommandError('FAILED', 'The work ended without a result: run the same again.');
  write(context.terminal, options, report, linesOf);
  context.exit(report.statuses.unreadable > 0 ? EXIT.someFailed : EXIT.well);
};
