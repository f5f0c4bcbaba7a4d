import { SvelteMap } from 'svelte/reactivity';
import { toast } from 'svelte-sonner';
import type { Job, StudioClient } from '../../contract/studio.ts';
import { follow } from '../link/calls.ts';
import { attempt } from './tell.ts';

/** Every job that the studio knows of, newest first, and what a person can do with one. */
export class Jobs {
  readonly #client: StudioClient;
  readonly #byId = new SvelteMap<string, Job>();
  readonly all = $derived([...this.#byId.values()].reverse());
  /** The job that the status bar tells of: the newest that runs, else one that waits to. */
  readonly running = $derived(
    this.all.find(({ state }) => state === 'running') ??
      this.all.find(({ state }) => state === 'queued') ??
      null,
  );

  /** `ended` hears of each job that ends while the window is open. */
  constructor(client: StudioClient, signal: AbortSignal, ended: (job: Job) => void) {
    this.#client = client;
    follow(
      (inner) => {
        // A studio that was started anew counts revisions from the start.
        this.#revisions.clear();
        return client.jobs.watch({}, { signal: inner });
      },
      {
        signal,
        take: (job) => {
          if ((this.#revisions.get(job.id) ?? -1) >= job.revision) return;
          this.#revisions.set(job.id, job.revision);
          const before = this.#byId.get(job.id);
          this.#byId.set(job.id, job);
          const wasAlive = before?.state === 'running' || before?.state === 'queued';
          if (wasAlive && (job.state === 'succeeded' || job.state === 'failed')) ended(job);
        },
        refused: (sentence) => {
          this.failure = sentence;
        },
      },
    );
  }

  readonly #revisions = new SvelteMap<string, number>();
  failure = $state.raw<string | null>(null);

  /** The job of a source; null when it never ran. */
  ofSource(source: string): Job | null {
    return this.all.find((job) => 'source' in job && job.source === source) ?? null;
  }

  /** Stops a job; what was done is kept. */
  async cancel(job: Job): Promise<void> {
    const resume = { label: 'Resume', onClick: () => void this.resume(job) };
    if (await attempt(() => this.#client.jobs.cancel({ job: job.id })))
      toast(`Cancelled: ${job.title}. What was done is kept.`, { action: resume });
  }

  /** Stops a job until it is resumed; what was done is kept. */
  async pause(job: Job): Promise<void> {
    await attempt(() => this.#client.jobs.pause({ job: job.id }));
  }

  /** Takes up a job again. */
  async resume(job: Job): Promise<void> {
    await attempt(() => this.#client.jobs.resume({ job: job.id }));
  }
}
