import type { Change } from './change.ts';
import { knownIn, type MissingRun, type Pass } from './pass.ts';
import { bytesOf, rangeBelow, type PathKey } from './paths.ts';

/** With fewer known files, removing them all is taken as meant. */
export const FEWEST_TO_ASK = 10;

const DISK_MESSAGE = 'The disk that held its files is not there.';

/** Their disk is elsewhere than the folder that is still there, and nothing of that disk was seen: so none of them has moved either. */
const isOffline = (pass: Pass, { device, folder }: MissingRun): boolean =>
  device !== folder.device && !pass.devicesFound.has(device);

const offlineChanges = (offline: readonly MissingRun[]): readonly Change[] => {
  const folders = new Set<PathKey>(offline.map(({ folder }) => folder.key));
  return [...folders].map((key): Change => ({ kind: 'offline', path: bytesOf(key), message: DISK_MESSAGE }));
};

/** Reads the files of a run again. Nothing that was found can lie between them. @throws the signal's reason */
async function* removedChanges(pass: Pass, runs: readonly MissingRun[]): AsyncGenerator<Change, void, void> {
  for (const { from, last } of runs) {
    const cursor = knownIn(pass, { from, to: `${last}\0` });
    for (let item = await cursor.head(); item !== null; item = await cursor.head()) {
      cursor.advance();
      const { key, file } = item;
      if (!pass.movedFrom.has(key)) yield { kind: 'removed', path: bytesOf(key), was: file };
    }
  }
}

const uncertain = (message: string): Change => ({ kind: 'uncertain', message });

const countFiles = (runs: readonly MissingRun[]): number => runs.reduce((sum, { files }) => sum + files, 0);

/** Where nothing was found again nothing has moved, so that all that a run counts is missing. */
const isNothingLeft = ({ foundAgain }: Pass, runs: readonly MissingRun[]): boolean =>
  foundAgain === 0 && countFiles(runs) >= FEWEST_TO_ASK;

/** Whether all files that are known at all are missing. */
const isEverythingKnown = async (pass: Pass): Promise<boolean> => {
  const runs = [...pass.missing].sort((a, b) => (a.from < b.from ? -1 : 1));
  const cursor = knownIn(pass, rangeBelow(''));
  for (const { from, last } of runs) {
    const head = await cursor.head();
    if (head !== null && head.key < from) return false;
    cursor.skipTo(`${last}\0`);
  }
  return (await cursor.head()) === null;
};

/** What is to be said of the missing files when everything was looked at. @throws the signal's reason */
export async function* judgeEverything(
  pass: Pass,
  { isRemovalConfirmed }: { readonly isRemovalConfirmed: boolean },
): AsyncGenerator<Change, void, void> {
  const isAway = (run: MissingRun): boolean => !isRemovalConfirmed && isOffline(pass, run);
  yield* offlineChanges(pass.missing.filter(isAway));
  const gone = pass.missing.filter((run) => !isAway(run));
  if (!isRemovalConfirmed && isNothingLeft(pass, gone)) yield { kind: 'emptied', count: countFiles(gone) };
  else yield* removedChanges(pass, gone);
}

/** What is to be said of the missing files of a part; what it cannot know is uncertain. @throws the signal's reason */
export async function* judgePart(pass: Pass): AsyncGenerator<Change, void, void> {
  const { missing } = pass;
  if (missing.some((run) => isOffline(pass, run))) yield uncertain('Files of another disk are missing.');
  else if (isNothingLeft(pass, missing) && (await isEverythingKnown(pass)))
    yield uncertain('All known files are missing.');
  else yield* removedChanges(pass, missing);
}
