import { duration, grouped } from './words.ts';
import type { Progress } from '../contract/studio.ts';

/** Where a command writes: results to `out`, everything else to `error`. */
export type Terminal = {
  out(text: string): void;
  error(text: string): void;
  readonly isErrorTerminal: boolean;
};

/** A plain line of progress is written this often where it cannot be rewritten. */
const PLAIN_LINE_EVERY_MS = 5_000;
const BYTES_PER_MIB = 2 ** 20;
const REWRITE_EVERY_MS = 100;
const CLEAR_LINE = '\r\u001b[K';

export type ProgressLine = {
  show(progress: Progress, limitedBy: string | null): void;
  /** Takes the rewritten line away. */
  end(): void;
};

const lineOf = (
  { verb, unit }: { readonly verb: string; readonly unit: string },
  { done, total, ratePerSecond, secondsLeft }: Progress,
  limitedBy: string | null,
): string => {
  const isBytes = unit === 'bytes';
  const shown = isBytes ? 'MiB' : unit;
  const scaled = (value: number): number => (isBytes ? value / BYTES_PER_MIB : value);
  const whole = (value: number): string => grouped(Math.round(scaled(value)));
  const parts = [
    total === null ? `${verb}: looking for ${unit}` : `${verb} ${whole(done)} of ${whole(total)} ${shown}`,
  ];
  if (ratePerSecond !== null) {
    const rate = scaled(ratePerSecond);
    parts.push(`${rate >= 10 ? grouped(Math.round(rate)) : rate.toFixed(1)} ${shown}/s`);
  }
  if (secondsLeft !== null && secondsLeft > 0) parts.push(`${duration(secondsLeft)} left`);
  if (limitedBy !== null) parts.push(`limited by ${limitedBy}`);
  return parts.join(' · ');
};

/** Progress on stderr: one rewritten line on a terminal, a plain line every few seconds otherwise, nothing when `isQuiet`. */
export const createProgressLine = (
  terminal: Terminal,
  options: {
    readonly verb: string;
    /** What is counted; photos when left out. `bytes` are shown as MiB. */
    readonly unit?: string;
    readonly isQuiet: boolean;
    readonly now: () => number;
  },
): ProgressLine => {
  const { verb, unit = 'photos', isQuiet, now } = options;
  let lastMs = now();
  let isShown = false;
  return {
    show(progress, limitedBy) {
      const atMs = now();
      if (isQuiet || atMs - lastMs < (terminal.isErrorTerminal ? REWRITE_EVERY_MS : PLAIN_LINE_EVERY_MS))
        return;
      lastMs = atMs;
      const line = lineOf({ verb, unit }, progress, limitedBy);
      terminal.error(terminal.isErrorTerminal ? CLEAR_LINE + line : `${line}\n`);
      isShown = terminal.isErrorTerminal;
    },
    end() {
      if (isShown) terminal.error(CLEAR_LINE);
      isShown = false;
    },
  };
};
