import type { EpochNumbers } from '../../contract/trainer.ts';
import type { ListedRun, MetricPoint, RunNews } from '../../contract/runs.ts';
import type { StudioClient } from '../../contract/studio.ts';
import { createMetricSeries, type MetricSeries } from '../../core/training/metric-series.ts';
import { follow } from '../link/calls.ts';

/** Numbers of a step that charts show. */
export const METRIC_NAMES = [
  'loss',
  'crossEntropy',
  'centerLoss',
  'regularization',
  'prelogitsNorm',
  'accuracy',
  'gradientNorm',
  'learningRate',
  'imagesPerSecond',
  'waitShare',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

/** No screen has more columns of pixels. */
const MOST_POINTS = 2000;

const noPoints = (): MetricSeries<MetricName> => createMetricSeries(METRIC_NAMES, MOST_POINTS);

/** A run that is followed, whichever process trains it. Whoever makes one closes it. */
export class WatchedRun {
  readonly folder: string;
  /** null until it is known. */
  run = $state.raw<ListedRun | null>(null);
  points = $state.raw<readonly MetricPoint[]>([]);
  epochs = $state.raw<readonly EpochNumbers[]>([]);
  failure = $state.raw<string | null>(null);
  readonly #ending = new AbortController();
  #series = noPoints();

  constructor(client: StudioClient, folder: string) {
    this.folder = folder;
    follow<RunNews>((signal) => client.runs.watch({ folder }, { signal }), {
      signal: this.#ending.signal,
      take: (news) => {
        this.#take(news);
      },
      refused: (sentence) => {
        this.failure = sentence;
      },
    });
  }

  close(): void {
    this.#ending.abort();
  }

  #take({ run, isAnew, points, epochs }: RunNews): void {
    this.run = run;
    if (isAnew) {
      this.#series = noPoints();
      this.epochs = [];
    }
    for (const point of points) this.#series.add(point);
    if (points.length > 0 || isAnew) this.points = [...this.#series.points];
    const [first] = epochs;
    // A run that goes on from a checkpoint tells the epochs after it anew.
    if (first !== undefined)
      this.epochs = [...this.epochs.filter(({ step }) => step < first.step), ...epochs];
  }
}
