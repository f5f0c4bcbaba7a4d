import type { Command } from 'commander';
import type { EngineInfo } from '../contract/engine.ts';
import type { Face, Reason } from '../contract/faces.ts';
import { engineSummary } from './align.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './failure.ts';
import {
  addCommonOptions,
  addDetectOptions,
  detectSettingsOf,
  engineOf,
  type CommonOptions,
  type DetectOptions,
} from './settings.ts';
import { createProgressLine, type Terminal } from './terminal.ts';
import { counted, printable } from './words.ts';

type Options = CommonOptions & DetectOptions;

type Image = {
  readonly file: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly faces: readonly Face[];
  readonly status: 'faces' | 'noFace' | 'failed' | 'skipped';
  readonly reason: Reason | null;
};
type Result = {
  readonly images: readonly Image[];
  readonly engine: EngineInfo | null;
  readonly isStopped: boolean;
};

const HELP = `
For each photo, in the order given: its size, and for each face, best first, the box [x1, y1, x2, y2], the score and five landmarks
(left eye, right eye, nose, corners of the mouth, as you see them), in pixels of the upright photo. Nothing is written.

Examples:
  facenet-studio detect portrait.jpg
  facenet-studio detect photos holiday/*.jpg --json
  facenet-studio detect photos --exact facenet --min-face-size 40

Exit codes: 0 all well (a photo without a face is a result), 3 some photos could not be read, 1 failed, 2 wrong usage.`;

const findFaces = (paths: readonly string[], options: Options, context: CommandContext): Promise<Result> => {
  const detect = detectSettingsOf(options);
  const engine = engineOf(options);
  return context.withStudio(async (studio, lost) => {
    const line = createProgressLine(context.terminal, {
      verb: 'Looking at',
      isQuiet: options.quiet,
      now: context.now,
    });
    const stop = new AbortController();
    const stopListening = context.onInterrupt(() => {
      stop.abort();
    });
    const images: Image[] = [];
    let info: EngineInfo | null = null;
    try {
      const signal = AbortSignal.any([lost, stop.signal]);
      for await (const event of await studio.detect.run({ paths: [...paths], detect, engine }, { signal })) {
        if (event.kind === 'progress') line.show(event.progress, null);
        else if (event.kind === 'engine') info = event.engine;
        else {
          const { file, widthPx: width, heightPx: height, faces, status, reason } = event;
          images.push({ file, width, height, faces, status, reason });
        }
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      stopListening();
      line.end();
    }
    return { images, engine: info, isStopped: stop.signal.aborted };
  });
};

const writeText = (terminal: Terminal, { images }: Result): void => {
  for (const { file, width, height, faces, status, reason } of images) {
    if (status === 'failed' || status === 'skipped')
      terminal.out(`${printable(file)}: ${reason?.message ?? status}\n`);
    else
      terminal.out(
        `${printable(file)}: ${String(width)} x ${String(height)}, ${counted(faces.length, 'face', 'faces')}\n`,
      );
    for (const { box, score } of faces) {
      terminal.out(`  ${score.toFixed(3)}  ${box.map((edge) => edge.toFixed(1)).join(' ')}\n`);
    }
  }
};

const detect = async (paths: readonly string[], options: Options, context: CommandContext): Promise<void> => {
  const result = await findFaces(paths, options, context);
  if (result.isStopped) {
    context.terminal.error('Stopped.\n');
    if (options.json) context.terminal.out(`${JSON.stringify({ error: 'Stopped.' })}\n`);
    context.exit(EXIT.interrupted);
    return;
  }
  const engine = result.engine === null ? null : engineSummary(result.engine);
  if (options.json) context.terminal.out(`${JSON.stringify({ images: result.images, engine })}\n`);
  else writeText(context.terminal, result);
  context.exit(result.images.some(({ status }) => status === 'failed') ? EXIT.someFailed : EXIT.well);
};

/** Adds `detect` to the program. */
export const registerDetect = (program: Command, context: CommandContext): void => {
  const command = program
    .command('detect')
    .description('Find the faces in photos and print where they are.')
    .argument('<path...>', 'photos, or folders of photos');
  addCommonOptions(addDetectOptions(command))
    .addHelpText('after', HELP)
    .action((paths: string[], options: Options) => detect(paths, options, context));
};
