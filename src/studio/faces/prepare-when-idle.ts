import type { FaceIndex } from './index.ts';

/** Nobody asks anything: another picture is not looked at within this time. */
const IDLE_MS = 300;
/** Who asks waits no longer than this and a step. */
const MOST_AT_ONCE_MS = 8;
const REST_MS = 4;

/**
 * Prepares answers while nothing is asked, in pieces of some milliseconds, until all is there; again after each change; never after `signal`
 * is aborted. Never keeps a process running.
 * @param asked when something was asked last, on the clock of `performance`
 */
export const prepareWhenIdle = (
  faces: Pick<FaceIndex, 'prepareStep' | 'changes'>,
  asked: { lastAskedMs(): number },
  signal: AbortSignal,
): void => {
  let isWaiting = false;
  const later = (timeMs: number): void => {
    isWaiting = true;
    setTimeout(next, timeMs).unref();
  };
  const next = (): void => {
    isWaiting = false;
    if (signal.aborted) return;
    const startedMs = performance.now();
    const leftMs = IDLE_MS - (startedMs - asked.lastAskedMs());
    if (leftMs > 0) {
      later(leftMs);
      return;
    }
    while (performance.now() - startedMs < MOST_AT_ONCE_MS) if (!faces.prepareStep()) return;
    later(REST_MS);
  };
  const unsubscribe = faces.changes.subscribe(() => {
    if (!isWaiting && !signal.aborted) later(IDLE_MS);
  });
  signal.addEventListener('abort', unsubscribe, { once: true });
  later(IDLE_MS);
};
