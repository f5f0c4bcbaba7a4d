import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import * as z from 'zod';
import type { EngineInfo } from '../contract/engine.ts';
import { PhotoStatus, Reason } from '../contract/faces.ts';
import type { AlignReport, FolderJob, StudioClient } from '../contract/studio.ts';
import type { CommandContext } from './context.ts';
import { CommandError, EXIT } from './failure.ts';
import {
  addCommonOptions,
  addCropOptions,
  addDetectOptions,
  alignSettingsOf,
  engineOf,
  type CommonOptions,
  type CropOptions,
  type DetectOptions,
} from './settings.ts';
import { createProgressLine, type Terminal } from './terminal.ts';
import { numberOption, UsageError } from './usage.ts';
import { counted, duration, grouped, printable } from './words.ts';
import { alignWorkspace, isWorkspace } from './workspace/align.ts';

type Options = CommonOptions &
  DetectOptions &
  CropOptions & { readonly randomOrder: boolean; readonly gpuMemoryFraction: string };
type AlignInput = Parameters<StudioClient['align']['run']>[0];

/** Failed files that are named; the ledger names the others. */
const MOST_NAMED_FAILURES = 20;

const HELP = `
Photos lie in class folders: <input>/<class>/<photo>. Crops are written to <output>/<class>/<photo>.png, with
bounding_boxes_NNNNN.txt in facenet's format and ledger.jsonl, which names for every input file its status and the reason.
Originals are never written. A run that was stopped or killed continues when the same command is given again, and several
processes, also of several machines, may work into one output folder at once; what a machine that died was at work on is taken
over after five minutes. Every option may be spelled with - or _.

Examples:
  facenet-studio align photos crops
  facenet-studio align casia casia_182 --image-size 182 --margin 44
  facenet-studio align lfw lfw_160 --image_size 160 --margin 32 --exact facenet
  facenet-studio align my-workspace
  facenet-studio align photos faces --crop landmarks --detect-multiple-faces --json

Exit codes: 0 all well (a photo without a face is a result), 3 some photos could not be read, 1 failed, 2 wrong usage.`;

/** The part of an engine that results name. */
export const engineSummary = ({
  backend,
  device,
  version,
}: EngineInfo): Pick<EngineInfo, 'backend' | 'device' | 'version'> => ({
  backend,
  device,
  version,
});

const documentOf = (report: AlignReport): unknown => ({ ...report, engine: engineSummary(report.engine) });

const LedgerLine = z.object({ file: z.string(), status: PhotoStatus, reason: Reason });

const failedFiles = async (ledger: string): Promise<readonly string[]> => {
  const named: string[] = [];
  for await (const line of createInterface({ input: createReadStream(ledger), crlfDelay: Infinity })) {
    // U+2028 ends a line for readline and may stand in a name; such a line is named by the ledger alone.
    const parsed = line.includes('"failed"') ? LedgerLine.safeParse(parseJson(line)) : null;
    if (parsed?.success === true && parsed.data.status === 'failed')
      named.push(`  ${parsed.data.file}: ${parsed.data.reason.message}`);
    if (named.length === MOST_NAMED_FAILURES) break;
  }
  return named;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

const writeText = async (terminal: Terminal, report: AlignReport): Promise<void> => {
  const parts = [
    `${grouped(report.aligned)} aligned`,
    ...(report.noFace > 0 ? [`${grouped(report.noFace)} without a face`] : []),
    ...(report.failed > 0 ? [`${grouped(report.failed)} could not be read`] : []),
    ...(report.skipped > 0 ? [`${grouped(report.skipped)} skipped`] : []),
  ];
  const earlier = report.unchanged > 0 ? ` ${grouped(report.unchanged)} were done before.` : '';
  terminal.out(`${counted(report.images, 'photo', 'photos')}: ${parts.join(', ')}.${earlier}\n`);
  terminal.out(
    `${counted(report.crops, 'crop', 'crops')} in ${duration(report.seconds)} (${report.imagesPerSecond.toFixed(1)} photos/s) ` +
      `on ${report.engine.backend} ${report.engine.version}, ${report.engine.device}.\n`,
  );
  if (report.failed > 0) {
    const named = await failedFiles(report.ledger);
    const more = report.failed - named.length;
    terminal.out(
      `${named.map(printable).join('\n')}\n${more > 0 ? `  and ${grouped(more)} more, see the ledger\n` : ''}`,
    );
  }
  terminal.out(`Ledger: ${report.ledger}\n`);
};

const runAlign = (input: AlignInput, options: Options, context: CommandContext): Promise<FolderJob> =>
  context.withStudio(async (studio, lost) => {
    const line = createProgressLine(context.terminal, {
      verb: 'Aligning',
      isQuiet: options.quiet,
      now: context.now,
    });
    let last: FolderJob | null = null;
    const stop = new AbortController();
    const stopListening = context.onInterrupt(() => {
      stop.abort();
      // A job that has just ended needs no cancelling.
      if (last !== null) studio.jobs.cancel({ job: last.id }).catch(() => undefined);
    });
    try {
      for await (const job of await studio.align.run(input, { signal: lost })) {
        if (last === null && stop.signal.aborted) await studio.jobs.cancel({ job: job.id });
        last = job;
        line.show(job.progress, job.limitedBy);
      }
    } finally {
      stopListening();
      line.end();
    }
    if (last === null)
      throw new CommandError('FAILED', 'The job ended without a result: run the same again.');
    return last;
  });

const align = async (
  input: string,
  output: string,
  options: Options,
  context: CommandContext,
): Promise<void> => {
  const request: AlignInput = {
    input,
    output,
    settings: alignSettingsOf(options),
    engine: engineOf(options),
    order: options.randomOrder ? 'random' : 'sorted',
    gpuMemoryFraction: numberOption('--gpu-memory-fraction', options.gpuMemoryFraction, {
      least: 0,
      most: 1,
      isLeastExcluded: true,
    }),
  };
  const job = await runAlign(request, options, context);
  if (job.state === 'cancelled') {
    context.terminal.error('Stopped. Everything done is kept; the same command continues.\n');
    if (options.json) context.terminal.out(`${JSON.stringify({ error: 'Stopped.' })}\n`);
    context.exit(EXIT.interrupted);
    return;
  }
  if (job.report === null)
    throw new CommandError('FAILED', job.failure ?? 'The job did not finish: run the same again.');
  if (options.json) context.terminal.out(`${JSON.stringify(documentOf(job.report))}\n`);
  else await writeText(context.terminal, job.report);
  context.exit(job.report.failed > 0 ? EXIT.someFailed : EXIT.well);
};

/** Adds `align` to the program. */
export const registerAlign = (program: Command, context: CommandContext): void => {
  const command = program
    .command('align')
    .description('Find the faces in folders of photos and write a crop of each.')
    .argument('<input>', 'folder of class folders with photos, or a workspace')
    .argument('[output]', 'folder for the crops; made when it is missing; none for a workspace')
    .option('--random-order', 'work through the photos in random order; the results are the same', false)
    .option(
      '--gpu-memory-fraction <share>',
      "share of the GPU's memory that may be taken, above 0 and at most 1",
      '1',
    );
  addCommonOptions(addDetectOptions(addCropOptions(command)))
    .addHelpText('after', HELP)
    .action((input: string, output: string | undefined, options: Options) => {
      if (output !== undefined) return align(input, output, options, context);
      if (isWorkspace(input))
        return alignWorkspace(input, { ...options, engine: engineOf(options) }, context);
      throw new UsageError(
        'The required argument "output" is missing: name a folder for the crops. Without one, <input> must be a workspace.',
      );
    });
};
