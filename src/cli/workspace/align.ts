import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineChoice } from '../../contract/engine.ts';
import type { IngestReport } from '../../contract/workspace.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { counted, duration } from '../words.ts';
import { followWork } from './follow-work.ts';
import { write } from './output.ts';

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
  const report = await followWork(context, workspace, {
    ...options,
    access: 'write',
    verb: 'Aligning',
    unit: 'photos',
    stopped: 'Everything done is kept; the same command continues.',
    work: (client, signal) => client.align({ workspace, engine: options.engine }, { signal }),
  });
  if (report === null) return;
  write(context.terminal, options, report, linesOf);
  context.exit(report.statuses.unreadable > 0 ? EXIT.someFailed : EXIT.well);
};
