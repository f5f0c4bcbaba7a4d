import type { Change } from './change.ts';
import { keyOf, type PathKey } from './paths.ts';

const MOST_OF_BATCH = 1000;

export type Receiver = {
  readonly onChanges: (changes: readonly Change[]) => Promise<void> | void;
  readonly onUnsettled: (path: PathKey) => void;
  readonly onUncertain: () => void;
};

/**
 * Hands changes over in batches, each when the one before was taken.
 * @returns how many files there are, or null when not everything was seen
 */
export const deliver = async (
  changes: AsyncIterable<Change>,
  { onChanges, onUnsettled, onUncertain }: Receiver,
): Promise<number | null> => {
  let batch: Change[] = [];
  let files: number | null = null;
  for await (const change of changes) {
    switch (change.kind) {
      case 'unsettled':
        onUnsettled(keyOf(change.path));
        continue;
      case 'uncertain':
        onUncertain();
        continue;
      case 'complete':
        files = change.files;
        break;
      default:
        break;
    }
    batch.push(change);
    if (batch.length < MOST_OF_BATCH) continue;
    await onChanges(batch);
    batch = [];
  }
  if (batch.length > 0) await onChanges(batch);
  return files;
};
