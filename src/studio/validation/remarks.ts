import type { VerificationReport } from '../../core/verification/protocol.ts';

/** So many pairs of different people should lie beyond the threshold before the rate means much. */
const ENOUGH_ACCEPTED = 10;

/** `1, 2 and 5`. */
const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

const foldsWithout = (report: VerificationReport, kind: 'same' | 'different'): readonly string[] =>
  report.folds.flatMap((fold, place) => (fold[kind] === 0 ? [String(place + 1)] : []));

const number = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

/** What somebody who quotes the figures must know of them. */
export const remarksOn = (report: VerificationReport): readonly string[] => {
  const { val, scores, curve } = report;
  const remarks: string[] = [];
  const different = scores.different.length;
  if (different * val.farTarget < ENOUGH_ACCEPTED && different > 0) {
    remarks.push(
      `A FAR of ${number(val.farTarget)} is judged by ${number(different * val.farTarget)} of ${different.toLocaleString('en-US')} pairs of different people: the validation rate is rough; ${number(Math.ceil(ENOUGH_ACCEPTED / val.farTarget))} such pairs would do.`,
    );
  }
  const unjudged = [
    ...foldsWithout(report, 'same').map((fold) => ({ fold, figure: 'validation rate', kind: 'one person' })),
    ...foldsWithout(report, 'different').map((fold) => ({ fold, figure: 'FAR', kind: 'two people' })),
  ];
  for (const figure of ['validation rate', 'FAR'] as const) {
    const folds = unjudged.filter((each) => each.figure === figure);
    const [first] = folds;
    if (first === undefined) continue;
    const names = listed(folds.map(({ fold }) => fold));
    remarks.push(
      `Without pairs of ${first.kind}, ${folds.length === 1 ? 'fold' : 'folds'} ${names} ${folds.length === 1 ? 'has' : 'have'} no ${figure}: the mean is over the others.`,
    );
  }
  const reached = curve?.falseAcceptRate.at(-1) ?? 1;
  if (reached < 1) {
    remarks.push(
      `The grid of the seed ends at a FAR of ${number(reached)}: the area under the curve is too small; without --exact facenet it is whole.`,
    );
  }
  return remarks;
};
