import type { Pair, PairList } from './pair-list.ts';

const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;

const keyOf = ({ first, second }: Pair): string => [first, second].sort().join('\n');

/**
 * What is odd about a list but does not keep it from being judged, as sentences: a first line that does not fit, couples of pictures that stand in it more than
 * once or with both labels, pairs of a picture with itself. Each such pair is judged as it stands.
 */
export const odditiesOf = ({ pairs, remark }: PairList): readonly string[] => {
  const labels = new Map<string, boolean>();
  const repeated: number[] = [];
  const contradicting: number[] = [];
  const withItself: number[] = [];
  for (const pair of pairs) {
    if (pair.first === pair.second) withItself.push(pair.line);
    const known = labels.get(keyOf(pair));
    if (known === undefined) labels.set(keyOf(pair), pair.isSame);
    else (known === pair.isSame ? repeated : contradicting).push(pair.line);
  }
  const told = (lines: readonly number[], what: string): readonly string[] =>
    lines.length === 0
      ? []
      : [`it has ${counted(lines.length, 'pair')} ${what}, the first in line ${String(lines[0])}`];
  return [
    ...(remark === null ? [] : [remark]),
    ...told(repeated, 'once more, with the same label'),
    ...told(contradicting, 'once more, with the other label'),
    ...told(withItself, 'of a picture with itself'),
  ];
};
