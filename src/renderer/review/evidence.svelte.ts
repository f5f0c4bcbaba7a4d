import { SvelteMap } from 'svelte/reactivity';
import type { FaceFilter, FaceSummary } from '../../contract/workspace-faces.ts';
import { ask } from '../link/calls.ts';
import type { Workspace } from '../state/workspace.svelte.ts';

/** Faces that stand for an identity. */
const MOST_FACES = 12;
const MOST_IDENTITIES = 40;
/** What somebody confirms meanwhile shows after this time at the latest. */
const FRESH_MS = 20_000;

/** For each identity its best faces: those that somebody confirmed, then those that the detection was surest of. */
export class Evidence {
  readonly #workspace: Workspace;
  readonly #signal: AbortSignal;
  readonly #best = new SvelteMap<number, readonly FaceSummary[]>();
  /** When each was asked for. */
  readonly #asked = new SvelteMap<number, number>();

  constructor(workspace: Workspace, signal: AbortSignal) {
    this.#workspace = workspace;
    this.#signal = signal;
  }

  /** The best faces of an identity; empty until they are there. */
  of(identity: number): readonly FaceSummary[] {
    return this.#best.get(identity) ?? [];
  }

  /** Reads them, unless that was done a moment ago. Without them a review goes on: nobody is told of a failure. */
  want(identity: number): void {
    const nowMs = performance.now();
    if (nowMs - (this.#asked.get(identity) ?? Number.NEGATIVE_INFINITY) < FRESH_MS) return;
    this.#asked.set(identity, nowMs);
    void this.#read(identity);
  }

  /** What was read may not hold any more. What is shown stays until it is read again. */
  outdate(): void {
    this.#asked.clear();
  }

  async #read(identity: number): Promise<void> {
    try {
      const confirmed = await this.#page({ identities: [identity], states: ['confirmed'] });
      const rest =
        confirmed.length >= MOST_FACES
          ? []
          : await this.#page({ identities: [identity], states: ['unreviewed'] });
      this.#best.set(identity, [...confirmed, ...rest].slice(0, MOST_FACES));
      const oldest = this.#best.keys().next();
      if (this.#best.size > MOST_IDENTITIES && oldest.done !== true) {
        this.#best.delete(oldest.value);
        this.#asked.delete(oldest.value);
      }
    } catch {
      // The next look asks again.
      this.#asked.delete(identity);
    }
  }

  async #page(filter: FaceFilter): Promise<readonly FaceSummary[]> {
    const { client, folder } = this.#workspace;
    const input = {
      workspace: folder,
      filter,
      sort: { by: 'score' as const, isDescending: true },
      offset: 0,
      limit: MOST_FACES,
    };
    const { faces } = await ask((signal) => client.workspace.faces(input, { signal }), this.#signal);
    return faces;
  }
}
