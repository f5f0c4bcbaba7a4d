/** Tells listeners that something changed; what it is they look up themselves. */
export type Signal = { notify(): void; subscribe(listener: () => void): () => void };

/** A signal without listeners. */
export const createSignal = (): Signal => {
  const listeners = new Set<() => void>();
  return {
    notify() {
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

/** Resolves after a time, or at once when the signal is aborted. */
export const pause = (timeMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, timeMs);
    signal?.addEventListener('abort', done, { once: true });
  });

/** Resolves at the next change, or when the signal is aborted. */
export const nextChange = (changes: Signal, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      unsubscribe();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const unsubscribe = changes.subscribe(done);
    if (signal?.aborted === true) done();
    else signal?.addEventListener('abort', done, { once: true });
  });

/**
 * Yields what `read` gives at once and again after each change, at most every `spacingMs`; changes between are joined. Ends when
 * `read` gives null or the signal is aborted.
 */
export async function* follow<Value>(
  changes: Signal,
  read: () => Value | null,
  options: { readonly spacingMs: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Value, void, void> {
  const { spacingMs, signal } = options;
  let wake: () => void = () => undefined;
  let isChanged = true;
  const changed = (): void => {
    isChanged = true;
    wake();
  };
  const unsubscribe = changes.subscribe(changed);
  signal?.addEventListener('abort', changed);
  try {
    while (signal?.aborted !== true) {
      if (!isChanged) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      isChanged = false;
      const value = read();
      if (value === null) return;
      yield value;
      await pause(spacingMs, signal);
    }
  } finally {
    unsubscribe();
    signal?.removeEventListener('abort', changed);
  }
}
