import { setImmediate as nextTurn } from 'node:timers/promises';
import { pause } from '../streams.ts';

/** Whoever asked for one picture asks for the next within this time. */
const QUIET_MS = 50;
/** Work that stands back is not kept from its end for ever. */
const MOST_BACK_MS = 100;

/** What somebody waits for goes before what nobody waits for. */
export type Precedence = {
  /** Somebody asks for something. */
  asked(): void;
  /** When that was the last time, on the clock of `performance`. */
  lastAskedMs(): number;
  /** Between two short pieces of work that nobody waits for: resolves when others had their turn and nobody has asked for a moment, in any case soon. */
  standBack(): Promise<void>;
};

/** Nobody has asked for anything yet. */
export const createPrecedence = (): Precedence => {
  let lastAskedMs = Number.NEGATIVE_INFINITY;
  return {
    asked() {
      lastAskedMs = performance.now();
    },
    lastAskedMs: () => lastAskedMs,
    async standBack() {
      await nextTurn();
      const untilMs = performance.now() + MOST_BACK_MS;
      for (;;) {
        const now = performance.now();
        const leftMs = Math.min(lastAskedMs + QUIET_MS, untilMs) - now;
        if (leftMs <= 0) return;
        await pause(leftMs);
      }
    },
  };
};
