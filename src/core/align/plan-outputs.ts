import { byteLength, collisionKey, shortened, shortHash } from '../text/file-names.ts';

/** Where the crops of one photo go: `<output>/<stem>.png`, or `<output>/<stem>_<face>.png` when every face is kept. */
export type PlannedOutput = {
  /** Path of the photo relative to the input folder, with `/`. */
  readonly file: string;
  /** Path of the crop relative to the output folder, with `/`, without `.png`. */
  readonly stem: string;
  /** Why the stem is not simply the photo's own: another photo has it, or it is too long; null when it is its own. */
  readonly renamed: 'same-name' | 'too-long' | null;
};

const split = (
  file: string,
): { readonly folder: string; readonly name: string; readonly extension: string } => {
  const slash = file.lastIndexOf('/');
  const base = file.slice(slash + 1);
  const dot = base.lastIndexOf('.');
  return {
    folder: file.slice(0, slash + 1),
    name: dot > 0 ? base.slice(0, dot) : base,
    extension: dot > 0 ? base.slice(dot + 1) : '',
  };
};

const ownStem = (file: string): { readonly stem: string; readonly isShortened: boolean } => {
  const { folder, name } = split(file);
  const short = shortened(name);
  return { stem: folder + short, isShortened: short !== name };
};

const otherStem = (file: string, own: string, isFree: (stem: string) => boolean): string => {
  const { extension } = split(file);
  const withExtension = `${own}~${extension.toLowerCase()}`;
  if (extension !== '' && byteLength(extension) <= 10 && isFree(withExtension)) return withExtension;
  for (let attempt = 0; ; attempt += 1) {
    const candidate = `${own}~${shortHash(`${file}\n${String(attempt)}`)}`;
    if (isFree(candidate)) return candidate;
  }
};

/**
 * Gives each photo its own output, the same on every run. The first photo of several with the same stem (`a.jpg` and `a.png`, also in
 * another case) has it, the others get a suffix. A photo in `kept`, what an earlier run wrote, keeps that stem, so adding
 * photos renames nothing that is there.
 * @param files distinct paths relative to the input folder, with `/`, in the order in which they have precedence
 */
export const planOutputs = (
  files: readonly string[],
  kept: ReadonlyMap<string, string> = new Map(),
): readonly PlannedOutput[] => {
  const taken = new Set<string>();
  const stems = new Map<string, string>();
  for (const file of files) {
    const stem = kept.get(file);
    if (stem === undefined || taken.has(collisionKey(stem))) continue;
    taken.add(collisionKey(stem));
    stems.set(file, stem);
  }
  const own = files.map((file) => ownStem(file));
  const rest: number[] = [];
  files.forEach((file, index) => {
    if (stems.has(file)) return;
    const stem = own[index]?.stem ?? file;
    if (taken.has(collisionKey(stem))) rest.push(index);
    else {
      taken.add(collisionKey(stem));
      stems.set(file, stem);
    }
  });
  for (const index of rest) {
    const file = files[index] ?? '';
    const stem = otherStem(
      file,
      own[index]?.stem ?? file,
      (candidate) => !taken.has(collisionKey(candidate)),
    );
    taken.add(collisionKey(stem));
    stems.set(file, stem);
  }
  return files.map((file, index) => {
    const mine = own[index];
    const stem = stems.get(file) ?? file;
    const renamed = stem !== mine?.stem ? 'same-name' : mine.isShortened ? 'too-long' : null;
    return { file, stem, renamed };
  });
};

/** The stem that a crop's path stands for: without `.png`, and without `_<face>` where every face was kept. */
export const stemOfCrop = (cropFile: string, isEveryFaceKept: boolean): string => {
  const stem = cropFile.replace(/\.png$/, '');
  return isEveryFaceKept ? stem.replace(/_\d+$/, '') : stem;
};
