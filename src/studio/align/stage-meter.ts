import { addStages, limitingStage, NO_WORK, stagesBetween, type Stages } from '../../core/jobs/limit.ts';

const READ_EVERY_MS = 2_000;

/** Watches how much work an engine does in each stage while a job runs. */
export type StageMeter = {
  /** Work since the start, to the last reading. */
  total(): Stages;
  /** The stage that limited the last seconds, in words. */
  limitedBy(): string | null;
  /** Takes the last reading and ends. */
  stop(): Promise<void>;
};

/**
 * Starts to watch. Readings that fail are left out: an engine that crashed counts from nothing again, and whoever works with it
 * hears of the crash itself.
 */
export const startStageMeter = async (
  read: () => Promise<Stages>,
  onReading: () => void,
): Promise<StageMeter> => {
  const tryRead = (): Promise<Stages | null> => read().catch(() => null);
  let last = (await tryRead()) ?? NO_WORK;
  let total = NO_WORK;
  let limit: string | null = null;
  const take = async (): Promise<void> => {
    const next = await tryRead();
    if (next === null) return;
    const work = stagesBetween(last, next);
    last = next;
    total = addStages(total, work);
    limit = limitingStage(work) ?? limit;
    onReading();
  };
  const timer = setInterval(() => void take(), READ_EVERY_MS);
  timer.unref();
  return {
    total: () => total,
    limitedBy: () => limit,
    async stop() {
      clearInterval(timer);
      await take();
    },
  };
};
