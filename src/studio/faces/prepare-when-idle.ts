import type { FaceAnswers } from './answers.ts';

/** Nobody asks anything: another list is not looked at within this time. */
const IDLE_MS = 500;
const STEP_SPACING_MS = 20;

/** Prepares answers step by step while nothing is asked, until it is done or aborted. Never keeps a process running. */
export const prepareWhenIdle = (faces: FaceAnswers, signal: AbortSignal): void => {
  const steps = faces.prepare();
  const next = (): void => {
    if (signal.aborted) return;
    const idleMs = performance.now() - faces.lastAskedMs();
    if (idleMs >= IDLE_MS && steps.next().done === true) return;
    setTimeout(next, Math.max(STEP_SPACING_MS, IDLE_MS - idleMs)).unref();
  };
  setTimeout(next, IDLE_MS).unref();
};
