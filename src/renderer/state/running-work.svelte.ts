import type { Progress, Stage, WorkEvent } from '../../contract/procedure.ts';
import { sentenceOf } from '../link/calls.ts';

const NOTHING_DONE: Progress = { done: 0, total: null, ratePerSecond: null, secondsLeft: null };

/** Work of the studio that takes its time: how far it has come, what it gave, or why it failed. */
export class RunningWork<Report> {
  /** null unless it runs. */
  progress = $state.raw<Progress | null>(null);
  /** What it is at, where it does one thing after another. */
  stage = $state.raw<Stage | null>(null);
  report = $state.raw<Report | null>(null);
  failure = $state.raw<string | null>(null);
  #stop = new AbortController();

  get isRunning(): boolean {
    return this.progress !== null;
  }

  /** Follows work to its end; null when it failed or was cancelled. One at a time. */
  async run(
    open: (signal: AbortSignal) => Promise<AsyncIterable<WorkEvent<Report>>>,
  ): Promise<Report | null> {
    if (this.isRunning) return null;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.report = null;
    this.failure = null;
    this.stage = null;
    this.progress = NOTHING_DONE;
    try {
      for await (const event of await open(signal)) {
        if (event.kind === 'progress') {
          this.progress = event.progress;
          this.stage = event.stage ?? null;
        } else this.report = event.report;
      }
    } catch (error) {
      if (!signal.aborted) this.failure = sentenceOf(error);
    } finally {
      this.progress = null;
    }
    return this.report;
  }

  /** Stops it. */
  cancel(): void {
    this.#stop.abort();
  }
}
