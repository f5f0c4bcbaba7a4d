import type { Range } from '../../contract/workspace-faces.ts';

/** The range of some bins. The outermost bins reach as far as there are values. */
export const rangeOfBins = (edges: readonly number[], first: number, last: number): Range | undefined => {
  const least = first === 0 ? undefined : edges[first];
  const most = last >= edges.length - 2 ? undefined : edges[last + 1];
  return least === undefined && most === undefined ? undefined : { least, most };
};

/** The bins that a range touches; null where it touches none. */
export const binsOfRange = (
  edges: readonly number[],
  { least = -Infinity, most = Infinity }: Range,
): { readonly first: number; readonly last: number } | null => {
  const bins = edges.length - 1;
  const touched = Array.from({ length: Math.max(0, bins) }, (_, bin) => bin).filter(
    (bin) => (edges[bin + 1] ?? 0) > least && (edges[bin] ?? 0) < most,
  );
  const [first] = touched;
  const last = touched.at(-1);
  return first === undefined || last === undefined ? null : { first, last };
};
