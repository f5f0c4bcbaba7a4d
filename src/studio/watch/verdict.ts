import type { Change } from './change.ts';
import type { Missing, Pass } from './pass.ts';
import { bytesOf, type PathKey } from './paths.ts';

/** With fewer known files, removing them all is taken as meant. */
export const FEWEST_TO_ASK = 10;

const DISK_MESSAGE = 'The disk that held its files is not there.';

const isLeft = (pass: Pass, missing: Missing): boolean => !pass.movedFrom.has(missing.item.key);

/** Its disk is elsewhere than the folder that is still there, and nothing of that disk was seen. */
const isOffline = (pass: Pass, { item, folder }: Missing): boolean =>
  item.file.device !== folder.device && !pass.devicesFound.has(item.file.device);

const offlineChanges = (offline: readonly Missing[]): readonly Change[] => {
  const folders = new Set<PathKey>(offline.map(({ folder }) => folder.key));
  return [...folders].map((key): Change => ({ kind: 'offline', path: bytesOf(key), message: DISK_MESSAGE }));
};

const removedChange = ({ item }: Missing): Change => ({
  kind: 'removed',
  path: bytesOf(item.key),
  was: item.file,
});

const uncertain = (message: string): readonly Change[] => [{ kind: 'uncertain', message }];

const isEverythingKnown = async (pass: Pass, left: readonly Missing[]): Promise<boolean> => {
  const keys = new Set(left.map(({ item }) => item.key));
  const page = await pass.known.page({ from: Buffer.alloc(0), to: null, most: keys.size + 1 });
  return page.length <= keys.size;
};

/** What is to be said of the missing files when everything was looked at. */
export const judgeEverything = (
  pass: Pass,
  options: { readonly isRemovalConfirmed: boolean },
): readonly Change[] => {
  const { isRemovalConfirmed } = options;
  const left = pass.missing.filter((missing) => isLeft(pass, missing));
  const offline = isRemovalConfirmed ? [] : left.filter((missing) => isOffline(pass, missing));
  const gone = isRemovalConfirmed ? left : left.filter((missing) => !isOffline(pass, missing));
  const isEmptied = pass.foundAgain === 0 && gone.length >= FEWEST_TO_ASK && !isRemovalConfirmed;
  const changes: Change[] = [...offlineChanges(offline)];
  if (isEmptied) changes.push({ kind: 'emptied', count: gone.length });
  // One by one: spreading half a million of them would exceed the stack.
  else for (const missing of gone) changes.push(removedChange(missing));
  return changes;
};

/** What is to be said of the missing files of a part; what it cannot know is uncertain. */
export const judgePart = async (pass: Pass): Promise<readonly Change[]> => {
  const left = pass.missing.filter((missing) => isLeft(pass, missing));
  if (left.some((missing) => isOffline(pass, missing)))
    return uncertain('Files of another disk are missing.');
  if (left.length >= FEWEST_TO_ASK && (await isEverythingKnown(pass, left)))
    return uncertain('All known files are missing.');
  return left.map(removedChange);
};
