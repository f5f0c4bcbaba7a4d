import { backup, DatabaseSync } from '@photostructure/sqlite';

/** Pages that are copied before others get a turn. */
const PAGES_AT_ONCE = 4096;

/**
 * Puts the content of one SQLite file in the place of another's, in one transaction: killed at any moment, the other is as it was or holds
 * the new content. Its file stays the same one, so that connections which others have open see the change, and none keeps a log of its own.
 * `onShare` hears how much is copied, from 0 to 1.
 * @throws the package's error when one of them is no SQLite file, or cannot be written
 */
export const replaceContent = async (
  file: string,
  from: string,
  onShare: (share: number) => void,
): Promise<void> => {
  const source = new DatabaseSync(from, { readOnly: true });
  try {
    await backup(source, file, {
      rate: PAGES_AT_ONCE,
      progress: ({ totalPages, remainingPages }) => {
        onShare(1 - remainingPages / Math.max(1, totalPages));
      },
    });
  } finally {
    source.close();
  }
};
