/** Something that a person may want to know about the watching; changes are still found, by scans. */
export type WatchNotice = {
  readonly code: 'watch-limit' | 'burst' | 'watch-failed';
  readonly message: string;
};

export const LIMIT_NOTICE: WatchNotice = {
  code: 'watch-limit',
  message:
    'The system allows no more folders to be watched: changes in the others are found by scans. Raise fs.inotify.max_user_watches to see them at once.',
};

export const BURST_NOTICE: WatchNotice = {
  code: 'burst',
  message: 'So much changed at once that the system may have left some of it out: everything is scanned.',
};

/** A folder could not be watched for a reason of its own. */
export const failedNotice = (code: string): WatchNotice => ({
  code: 'watch-failed',
  message: `A folder cannot be watched (${code}): changes in it are found by scans.`,
});

/** Passes on a notice once for each code. */
export const createTeller = (
  onNotice: (notice: WatchNotice) => void,
): { tell(notice: WatchNotice): void; forget(code: WatchNotice['code']): void } => {
  const told = new Set<WatchNotice['code']>();
  return {
    tell(notice) {
      if (told.has(notice.code)) return;
      told.add(notice.code);
      onNotice(notice);
    },
    forget: (code) => told.delete(code),
  };
};
