import { resolve } from 'node:path';
import { pause } from '../streams.ts';
import { createLooks, type Clock, type SourceWatcherOptions } from './looks.ts';
import { createSchedule, USUAL_TIMING, type Due } from './schedule.ts';

/** Keeps what is known of a source equal to what is on the disk. */
export type SourceWatcher = {
  /** Looks at everything at once. */
  lookNow(): void;
  /** A person said that what is missing is really gone; see `emptied` and `offline`. */
  confirmRemoval(): void;
  /** Ends it; a batch that is being delivered is waited for. */
  close(): Promise<void>;
};

const REAL_CLOCK: Clock = { nowMs: Date.now, pause };

/**
 * Watches a source: everything is looked at once, then what is hinted at, and everything again where hints may have been lost, at an
 * interval, and when the watched folder comes back. Files are reported when nobody writes them any more.
 */
export const createSourceWatcher = (options: SourceWatcherOptions): SourceWatcher => {
  const { onError, clock = REAL_CLOCK } = options;
  const inTurn = options.inTurn ?? ((look: () => Promise<void>) => look());
  const timing = { ...USUAL_TIMING, ...options.timing };
  const closing = new AbortController();
  let waiting = new AbortController();
  const schedule = createSchedule(timing, clock.nowMs, () => waiting.abort());
  const signal = closing.signal;
  const looks = createLooks({ ...options, root: resolve(options.root) }, timing, { schedule, clock, signal });
  const isClosed = (): boolean => signal.aborted;

  const follow = async (due: Due): Promise<void> => {
    switch (due.kind) {
      case 'everything':
        return inTurn(() => looks.lookEverywhere());
      case 'part':
        return inTurn(() => looks.lookAtPart(due.scope));
      case 'root':
        if (await looks.isRootAnother()) schedule.demandEverything();
        return;
      case 'wait':
        waiting = new AbortController();
        if (isClosed()) return;
        return clock.pause(Math.max(0, due.untilMs - clock.nowMs()), waiting.signal);
    }
  };
  const run = async (): Promise<void> => {
    while (!isClosed()) {
      try {
        await follow(schedule.next());
      } catch (error) {
        if (!isClosed()) onError(error);
      }
    }
    await looks.close();
  };
  const ended = run();

  return {
    lookNow: () => schedule.demandEverything(),
    confirmRemoval() {
      looks.confirmRemoval();
      schedule.demandEverything();
    },
    async close() {
      closing.abort();
      waiting.abort();
      await ended;
    },
  };
};
