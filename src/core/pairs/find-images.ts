import type { Pair } from './pair-list.ts';

/** Why a picture of a pair has no embedding. */
export type WhyMissing = 'no-file' | 'several-files' | 'no-face' | 'failed';

/** Where a picture of a list is: the place of its file in the folder's list, or why it is nowhere. */
export type FoundImage = number | 'no-file' | 'several-files';

const ENDING = /\.[a-z0-9]{1,5}$/i;
/** What `align --detect-multiple-faces` puts behind the name of a photo for its best face. */
const BEST_FACE = '_0';

const withoutEnding = (path: string): string => path.replace(ENDING, '');
const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const withoutLeading = (path: string, parts: number): string | null => {
  const split = path.split('/');
  return split.length <= parts ? null : split.slice(parts).join('/');
};

/** How many folders in front all files share: those of a folder that was named with its path. */
const sharedFolders = (files: readonly string[]): number => {
  const folders = (files[0] ?? '').split('/').slice(0, -1);
  const shared = folders.findIndex(
    (_, depth) => !files.every((file) => file.startsWith(`${folders.slice(0, depth + 1).join('/')}/`)),
  );
  return shared < 0 ? folders.length : shared;
};

type Lookup = (path: string) => FoundImage;

/** Finds files by what `keyOf` makes of their paths; of one key with and without the ending, the ending decides. */
const lookupBy = (files: readonly string[], keyOf: (path: string) => string): Lookup => {
  const whole = new Map<string, number | 'several-files'>();
  const stems = new Map<string, number | 'several-files'>();
  files.forEach((file, place) => {
    const key = keyOf(file);
    whole.set(key, whole.has(key) ? 'several-files' : place);
    const stem = withoutEnding(key);
    // As `add_extension` of the seed, which looks for a JPEG before a PNG: of several formats the first in the alphabet.
    if (!stems.has(stem)) stems.set(stem, place);
    else if (keyOf(files[Number(stems.get(stem))] ?? '') === key) stems.set(stem, 'several-files');
  });
  return (path) =>
    whole.get(path) ??
    stems.get(path) ??
    stems.get(withoutEnding(path)) ??
    stems.get(withoutEnding(path) + BEST_FACE) ??
    'no-file';
};

/**
 * Finds the pictures of a list among the files of a folder, whatever their format: crops are PNG where photos were JPEG. A list may name
 * more folders in front than there are, or fewer, or none where the files lie in folders. One way is taken for the whole list, the first by which
 * any picture is found, so that two people whose files have one name are never mixed up.
 * @param files paths relative to the folder, sorted
 */
export const findImages = (
  pairs: readonly Pick<Pair, 'first' | 'second'>[],
  files: readonly string[],
): ReadonlyMap<string, FoundImage> => {
  const paths = [...new Set(pairs.flatMap(({ first, second }) => [first, second]))];
  const deepest = paths.reduce((most, path) => Math.max(most, path.split('/').length), 1);
  const byPath = lookupBy(files, (file) => file);
  const ways = Array.from({ length: deepest }, (_, parts) => (path: string): FoundImage => {
    const shortened = withoutLeading(path, parts);
    return shortened === null ? 'no-file' : byPath(shortened);
  });
  const shared = sharedFolders(files);
  const shallower = Array.from({ length: shared }, (_, parts) =>
    lookupBy(files, (file) => withoutLeading(file, parts + 1) ?? file),
  );
  const areFlat = deepest === 1;
  const way = [...ways, ...shallower, ...(areFlat ? [lookupBy(files, lastPart)] : [])].find((find) =>
    paths.some((path) => typeof find(path) === 'number'),
  );
  return new Map(paths.map((path) => [path, way?.(path) ?? 'no-file']));
};
