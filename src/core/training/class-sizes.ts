/** How many images classes have. */
export type ClassSizes = {
  readonly least: number;
  readonly median: number;
  readonly most: number;
  /** The five largest. */
  readonly largest: readonly { readonly identity: string; readonly images: number }[];
};

const MOST_NAMED = 5;

/** Null without classes. @param sizes images by identity */
export const classSizesOf = (sizes: ReadonlyMap<string, number>): ClassSizes | null => {
  const bySize = [...sizes].map(([identity, images]) => ({ identity, images }));
  bySize.sort((a, b) => b.images - a.images || (a.identity < b.identity ? -1 : 1));
  const [first, last, middle] = [bySize[0], bySize.at(-1), bySize[Math.floor(bySize.length / 2)]];
  if (first === undefined || last === undefined || middle === undefined) return null;
  return {
    least: last.images,
    median: middle.images,
    most: first.images,
    largest: bySize.slice(0, MOST_NAMED),
  };
};
