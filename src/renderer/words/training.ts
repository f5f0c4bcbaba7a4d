import type { ListedRun, Preflight, RunState } from '../../contract/runs.ts';
import type { MetricName } from '../train/watched-run.svelte.ts';
import { countOf, formatCount, formatDuration } from './format.ts';
import { baseName } from './photos.ts';

/** What charts show of a run, and which values of it are better. */
export const METRICS: readonly {
  readonly metric: MetricName;
  readonly name: string;
  readonly better: 'low' | 'high' | null;
}[] = [
  { metric: 'loss', name: 'Total loss', better: 'low' },
  { metric: 'accuracy', name: 'Accuracy', better: 'high' },
  { metric: 'crossEntropy', name: 'Cross-entropy', better: 'low' },
  { metric: 'centerLoss', name: 'Centre loss', better: null },
  { metric: 'regularization', name: 'Regularisation', better: null },
  { metric: 'prelogitsNorm', name: 'Norm of the prelogits', better: null },
  { metric: 'gradientNorm', name: 'Norm of the gradient', better: null },
  { metric: 'learningRate', name: 'Learning rate', better: null },
  { metric: 'imagesPerSecond', name: 'Images a second', better: null },
  { metric: 'waitShare', name: 'Waiting for images', better: null },
];

/** A number of a chart, short: `0.0312`, `1.2e-5`. */
export const formatNumber = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));

/** What a run is called. */
export const nameOfRun = ({ record }: Pick<ListedRun, 'record'>): string => record.name ?? record.id;

const STATES: Readonly<Record<RunState, string>> = {
  running: 'training',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
};

/** How a run stands: `training`, `finished`. */
export const stateOfRun = ({ record, isAtWork }: ListedRun): string =>
  isAtWork ? STATES.running : STATES[record.state];

/** What a run learns from: `158 identities, 3,890 images, 434 held out`. */
export const dataOfRun = ({ record: { data } }: ListedRun): string =>
  [
    countOf(data.identities, 'identity', 'identities'),
    countOf(data.trainImages, 'image'),
    ...(data.validationImages > 0 ? [`${formatCount(data.validationImages)} held out`] : []),
  ].join(', ');

/** Where its images come from. */
export const sourceOfRun = ({ record: { data } }: ListedRun): string =>
  baseName(data.workspace ?? data.folder);

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** What a training would be, as lines. */
export const preflightLines = (seen: Preflight): readonly string[] => [
  `${countOf(seen.identities, 'identity', 'identities')}, ${countOf(seen.trainImages, 'image')}, ${formatCount(seen.validationImages)} held out` +
    (seen.droppedIdentities > 0
      ? `; ${countOf(seen.droppedIdentities, 'identity has', 'identities have')} too few images`
      : '') +
    (seen.leftOut > 0 ? `; ${countOf(seen.leftOut, 'file')} left out` : ''),
  ...(seen.classSizes === null
    ? []
    : [
        `Images of an identity: ${formatCount(seen.classSizes.least)} to ${formatCount(seen.classSizes.most)}, half have ${formatCount(seen.classSizes.median)} or more`,
      ]),
  `${countOf(seen.steps, 'step')}; each image is seen ${formatNumber(seen.passesPerEpoch)} times an epoch`,
  `About ${gibibytes(seen.memoryBytes)} of memory (${gibibytes(seen.freeMemoryBytes)} free), ${gibibytes(seen.checkpointBytes)} a checkpoint (${gibibytes(seen.freeDiskBytes)} free)`,
  seen.secondsPerEpoch === null
    ? 'How long an epoch takes is known after the first run of this network'
    : `About ${formatDuration(seen.secondsPerEpoch)} an epoch`,
];
