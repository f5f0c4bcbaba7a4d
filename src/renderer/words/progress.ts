import type { Progress } from '../../contract/procedure.ts';
import { countOf, formatCount, formatRate, formatTimeLeft } from './format.ts';

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
