import { odditiesOf } from '../../core/pairs/oddities.ts';
import type { PairList } from '../../core/pairs/pair-list.ts';
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
const remarksOnFigures = (report: VerificationReport): readonly string[] => {
  const { val, scores, curve } = report;
  const remarks: string[] = [];
  const different = scores.different.length;
  if (different * val.farTarget < ENOUGH_ACCEPTED && different > 0) {
    remarks.push(
      `A FAR of ${number(val.farTarget)} is judged by ${number(different * val.farTarget)} of ${different.toLocaleString('en-US')} pairs of different people: the validation rate is rough; ${number(Math.ceil(ENOUGH_ACCEPTED / val.farTarget))} such pairs would do.`,
    );
  }
  for (const [kind, people, figure] of [
    ['same', 'one person', 'validation rate'],
    ['different', 'two people', 'FAR'],
  ] as const) {
    const folds = foldsWithout(report, kind);
    if (folds.length === report.folds.length)
      remarks.push(
        `There is no pair of ${people}: without pairs of both kinds there is no validation rate at a FAR, no AUC and no EER.`,
      );
    else if (folds.length > 0)
      remarks.push(
        `Without pairs of ${people}, ${folds.length === 1 ? 'fold' : 'folds'} ${listed(folds)} ${folds.length === 1 ? 'has' : 'have'} no ${figure}: the mean is over the others.`,
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

/** What was judged: the list, as it was named, and what is told of its pictures. */
type Judged = {
  readonly list: PairList;
  readonly name: string;
  readonly folds: number;
  readonly method: 'exact' | 'facenet';
  readonly pictures: { readonly remarks: readonly string[] };
};

/** What somebody who quotes the figures must know: of the list, of its pictures, of the figures. */
export const remarksOn = (
  report: VerificationReport,
  { list, name, folds, method, pictures }: Judged,
): readonly string[] => [
  ...odditiesOf(list).map((oddity) => `Of ${name}: ${oddity}.`),
  ...(list.folds === null || list.folds === folds || method === 'facenet'
    ? []
    : [
        `${name} has ${String(list.folds)} folds, but ${String(folds)} were asked for: other ones were made, and people may be in several.`,
      ]),
  ...pictures.remarks,
  ...remarksOnFigures(report),
];
