/** A job that took less has most often ended before anybody looked away. */
const LONG_JOB_SECONDS = 10;

/** What is needed of a job to tell of its end. */
export type EndedJob = {
  readonly title: string;
  readonly state: string;
  readonly failure: string | null;
};

export type Notice = { readonly title: string; readonly body: string };

/** How many of what came of a job. */
export type Outcome = { readonly count: number; readonly words: string };

/**
 * What to tell somebody who is looking elsewhere when a job ended; null for a short job, and for one that somebody ended
 * themselves. A job that failed is told of however short it was.
 * @param ran what came of it, none of nothing, and how long it ran
 */
export const noticeOfEnd = (
  { title, state, failure }: EndedJob,
  ran: { readonly seconds: number; readonly outcomes: readonly Outcome[] },
): Notice | null => {
  if (state === 'failed') return { title, body: failure ?? 'It failed.' };
  if (state !== 'succeeded' || ran.seconds < LONG_JOB_SECONDS) return null;
  const parts = ran.outcomes
    .filter(({ count }) => count > 0)
    .map(({ count, words }) => `${count.toLocaleString('en')} ${words}`);
  return { title, body: parts.length === 0 ? 'Done.' : `Done: ${parts.join(', ')}.` };
};
