import { resolve } from 'node:path';
import type { VectorOutput } from '../../contract/embedding.ts';
import type { WorkspaceEmbedReport } from '../../contract/workspace-embed.ts';
import { engineSummary } from '../align.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { engineOf } from '../settings.ts';
import { notesOf, writeLines, type VectorOptions } from '../vectors.ts';
import { counted, duration, grouped } from '../words.ts';
import { followWork } from './follow-work.ts';

const linesOf = (report: WorkspaceEmbedReport): readonly string[] => [
  `${counted(report.faces, 'face', 'faces')}: ${grouped(report.embedded)} embedded by ${report.model}, ${grouped(report.fresh)} done before, ` +
    `in ${duration(report.seconds)} on ${report.engine.backend} ${report.engine.version}, ${report.engine.device}.`,
  ...notesOf({ noFace: [], remade: [], failed: report.failed }),
  ...(report.output === null ? [] : [`Written: ${report.output}`]),
];

/** Makes the vectors that a workspace lacks. @throws CommandError when it ends without a report */
export const embedWorkspace = async (
  workspace: string,
  output: VectorOutput | null,
  options: VectorOptions,
  context: CommandContext,
): Promise<void> => {
  const { model, flip } = options;
  const report = await followWork(context, workspace, {
    ...options,
    access: 'write',
    verb: 'Embedding',
    unit: 'faces',
    stopped: 'Everything done is kept; the same command continues.',
    work: (client, signal) =>
      client.embed(
        {
          workspace,
          ...(model === undefined ? {} : { model }),
          isFlipped: flip,
          engine: engineOf(options),
          output: output === null ? null : { ...output, path: resolve(output.path) },
        },
        { signal },
      ),
  });
  if (report === null) return;
  if (options.json)
    context.terminal.out(`${JSON.stringify({ ...report, engine: engineSummary(report.engine) })}\n`);
  else writeLines(context.terminal, linesOf(report));
  context.exit(report.failed.length > 0 ? EXIT.someFailed : EXIT.well);
};
