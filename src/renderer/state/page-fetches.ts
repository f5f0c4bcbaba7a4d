/** Which pages are being fetched, and when each was last asked for. */
export class PageFetches {
  readonly #inFlight = new Map<number, AbortController>();
  readonly #askedAtMs = new Map<number, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get count(): number {
    return this.#inFlight.size;
  }

  has(page: number): boolean {
    return this.#inFlight.has(page);
  }

  /** Milliseconds since the page was last asked for. */
  ageMs(page: number): number {
    return this.#now() - (this.#askedAtMs.get(page) ?? -Infinity);
  }

  /** Notes that a page is asked for; the signal ends the call when nobody wants the page any more. */
  begin(page: number): AbortController {
    const stop = new AbortController();
    this.#inFlight.set(page, stop);
    this.#askedAtMs.set(page, this.#now());
    return stop;
  }

  /** Notes that a call ended; another one for the same page goes on. */
  end(page: number, stop: AbortController): void {
    if (this.#inFlight.get(page) === stop) this.#inFlight.delete(page);
  }

  /** Ends the calls for pages that are not wanted. */
  keep(isWanted: (page: number) => boolean): void {
    for (const [page, stop] of this.#inFlight) {
      if (isWanted(page)) continue;
      stop.abort();
      this.#inFlight.delete(page);
    }
  }

  /** Ends every call and forgets when pages were asked for. */
  clear(): void {
    this.keep(() => false);
    this.#askedAtMs.clear();
  }
}
