import type { Progress } from '../../contract/procedure.ts';
import { countOf, formatBytes, formatCount, formatRate, formatTimeLeft } from './format.ts';

type Counted = Pick<Progress, 'done' | 'total'>;

/** `12,403 / 453,453`; without a total how many are done, with their noun: `3 photos`. */
export const doneOf = ({ done, total }: Counted, noun: string): string =>
  total === null ? countOf(done, noun) : `${formatCount(done)} / ${formatCount(total)}`;

/** Rate and time left, as far as they can be told: `310 faces/s`, `4 s left`. */
export const paceOf = (
  { ratePerSecond, secondsLeft }: Pick<Progress, 'ratePerSecond' | 'secondsLeft'>,
  noun: string,
): readonly string[] => [
  ...(ratePerSecond === null ? [] : [formatRate(ratePerSecond, noun)]),
  ...(secondsLeft === null ? [] : [formatTimeLeft(secondsLeft)]),
];

/** How much is done, from 0 to 1; null while there is no total. */
export const shareOf = ({ done, total }: Counted): number | null =>
  total === null || total === 0 ? null : Math.min(1, done / total);

/** `120 / 1,204 · 310 faces/s · 4 s left`, as far as it can be told. */
export const paceIn = (progress: Progress, noun: string): string =>
  [doneOf(progress, noun), ...paceOf(progress, noun)].join(' · ');

/** `12 MiB / 340 MiB · 80 MiB/s · 4 s left`. */
export const paceInBytes = ({ done, total, ratePerSecond, secondsLeft }: Progress): string =>
  [
    total === null ? formatBytes(done) : `${formatBytes(done)} / ${formatBytes(total)}`,
    ...(ratePerSecond === null ? [] : [`${formatBytes(ratePerSecond)}/s`]),
    ...(secondsLeft === null ? [] : [formatTimeLeft(secondsLeft)]),
  ].join(' · ');
