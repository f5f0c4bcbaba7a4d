import type { RunEvent, RunSummary } from '../../contract/runs.ts';
import type { StudioClient } from '../../contract/studio.ts';
import type { CommandContext } from '../context.ts';
import { CommandError, EXIT } from '../failure.ts';
import type { CommonOptions } from '../settings.ts';
import { duration, grouped } from '../words.ts';

type Output = Pick<CommonOptions, 'json' | 'quiet'>;

/** Of what `--json` prints one line each. */
const jsonOf = (event: RunEvent): unknown => {
  switch (event.kind) {
    case 'preparing':
      return { type: 'preparing', done: event.done, total: event.total };
    case 'run':
      return { type: 'run', folder: event.folder, run: event.record.id, data: event.record.data };
    case 'step':
    case 'epoch':
      return { type: event.kind, ...event.numbers };
    case 'notice':
      return { type: 'notice', message: event.message };
    case 'summary':
      return { type: 'summary', ...event.summary };
  }
};

const textOf = (event: RunEvent): string | null => {
  switch (event.kind) {
    case 'preparing':
      return event.total === 0
        ? null
        : `Preparing the faces of the workspace: ${grouped(event.done)} of ${grouped(event.total)}`;
    case 'run': {
      const { identities, trainImages, validationImages } = event.record.data;
      return (
        `${grouped(trainImages)} images of ${grouped(identities)} identities, ` +
        `${grouped(validationImages)} held out. Run: ${event.folder}`
      );
    }
    case 'step': {
      const { epoch, step, loss, crossEntropy, accuracy, imagesPerSecond } = event.numbers;
      return `Epoch ${String(epoch)}, step ${grouped(step)}: loss ${loss.toFixed(3)}, cross-entropy ${crossEntropy.toFixed(3)}, accuracy ${accuracy.toFixed(3)}, ${imagesPerSecond.toFixed(1)} images/s`;
    }
    case 'epoch': {
      const { validation, epoch } = event.numbers;
      return validation === null
        ? null
        : `Epoch ${String(epoch)}: accuracy ${validation.accuracy.toFixed(4)} on ${grouped(validation.images)} images that were held out, cross-entropy ${validation.crossEntropy.toFixed(4)}`;
    }
    case 'notice':
      return event.message;
    case 'summary':
      return `${event.summary.note ?? 'Trained'} ${grouped(event.summary.step)} steps in ${duration(event.summary.seconds)}. Run: ${event.summary.folder}`;
  }
};

/** Prints what a run tells until it ends. Ctrl-C stops it after the present step, with a checkpoint. */
export const followRun = (
  begin: (studio: StudioClient, signal: AbortSignal) => Promise<AsyncIterable<RunEvent>>,
  { json, quiet }: Output,
  context: CommandContext,
): Promise<void> =>
  context.withStudio(async (studio, lost) => {
    const known: { folder: string | null; summary: RunSummary | null; isStopped: boolean } = {
      folder: null,
      summary: null,
      isStopped: false,
    };
    const stop = (): void => {
      known.isStopped = true;
      if (known.folder !== null) studio.runs.stop({ folder: known.folder }).catch(() => undefined);
    };
    const stopListening = context.onInterrupt(stop);
    try {
      for await (const event of await begin(studio, lost)) {
        if (event.kind === 'run') {
          known.folder = event.folder;
          if (known.isStopped) stop();
        }
        if (event.kind === 'summary') known.summary = event.summary;
        const line = json ? JSON.stringify(jsonOf(event)) : textOf(event);
        if (line !== null && (json || !quiet || event.kind === 'summary')) context.terminal.out(`${line}\n`);
      }
    } finally {
      stopListening();
    }
    const { summary, isStopped } = known;
    if (summary === null) throw new CommandError('FAILED', 'The run ended without a result: resume it.');
    if (summary.state === 'failed') throw new CommandError('FAILED', summary.note ?? 'The run failed.');
    context.exit(summary.state === 'stopped' && isStopped ? EXIT.interrupted : EXIT.well);
  });
