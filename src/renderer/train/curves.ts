import type { Axis, Line } from '../charts/scales.ts';
import { formatNumber, METRICS } from '../words/training.ts';
import { smooth } from './smooth.ts';
import type { MetricName, WatchedRun } from './watched-run.svelte.ts';

/** A run with the name and the colour that its curves have. */
export type Drawn = { readonly run: WatchedRun; readonly name: string; readonly colour: Line['colour'] };

export type Curve = {
  readonly metric: MetricName;
  readonly name: string;
  readonly lines: readonly Line[];
  /** The best value of the first run, and where; null where none is better than another. */
  readonly best: { readonly value: number; readonly step: number } | null;
};

const lineOf = ({ run, name, colour }: Drawn, metric: MetricName, smoothing: number): Line => ({
  name,
  colour,
  look: 'thick',
  x: run.points.map(({ step }) => step),
  y: smooth(
    run.points.map((point) => point[metric]),
    smoothing,
  ),
});

/** Accuracy on images that are held out. */
const heldOutOf = ({ run, name, colour }: Drawn): Line | null => {
  const looked = run.epochs.flatMap(({ step, validation }) =>
    validation === null ? [] : [{ step, accuracy: validation.accuracy }],
  );
  if (looked.length === 0) return null;
  return {
    name: `${name}, held out`,
    colour,
    look: 'dotted',
    x: looked.map(({ step }) => step),
    y: looked.map(({ accuracy }) => accuracy),
  };
};

/** Whether there is something to see: a number other than 0, and of the centre loss that it is a part of the loss. */
const hasMetric = ({ run, points }: WatchedRun, metric: MetricName): boolean => {
  const loss = run?.record.plan.settings.loss;
  if (metric === 'centerLoss' && (loss?.kind !== 'softmax' || loss.centreLossFactor === 0)) return false;
  return points.some((point) => point[metric] !== 0);
};

const bestOf = (line: Line | undefined, better: 'low' | 'high' | null): Curve['best'] => {
  if (line === undefined || better === null || line.y.length === 0) return null;
  let best = { value: better === 'low' ? Infinity : -Infinity, step: 0 };
  line.y.forEach((value, place) => {
    if (better === 'low' ? value < best.value : value > best.value)
      best = { value, step: line.x[place] ?? 0 };
  });
  return Number.isFinite(best.value) ? best : null;
};

/** The curves of runs, the first of which is looked at; what none of them has is left out. */
export const curvesOf = (drawn: readonly Drawn[], smoothing: number): readonly Curve[] =>
  METRICS.flatMap(({ metric, name, better }) => {
    if (!drawn.some(({ run }) => hasMetric(run, metric))) return [];
    const own = drawn.map((each) => lineOf(each, metric, smoothing));
    const heldOut = metric === 'accuracy' ? drawn.map(heldOutOf).filter((line) => line !== null) : [];
    const [first] = drawn;
    const judged = metric === 'accuracy' && first !== undefined ? (heldOutOf(first) ?? own[0]) : own[0];
    return [{ metric, name, lines: [...own, ...heldOut], best: bestOf(judged, better) }];
  });

export const stepAxis: Axis = { label: 'Step', kind: 'linear', format: (step) => step.toLocaleString('en') };

/** The axis of a curve; logarithmic only where every value is above 0. */
export const valueAxis = ({ name, lines }: Curve, isLog: boolean): Axis => ({
  label: name,
  kind: isLog && lines.every(({ y }) => y.every((value) => value > 0)) ? 'log' : 'linear',
  format: formatNumber,
});
