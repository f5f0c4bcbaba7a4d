/** How many photos are under way at once: enough that every stage finds full batches, few enough to bound memory. */
const MOST_UNDER_WAY = 64;

/** Does the work for one task; calls `opened` as soon as its photo is decoded, or cannot be. */
export type PhotoWork<Task, Outcome> = (
  task: Task,
  signal: AbortSignal,
  opened: () => void,
) => Promise<Outcome>;

type Result<Outcome> = { readonly id: number; readonly outcome: Outcome };

export type PhotoQueue = {
  /**
   * Works through the tasks, in turn with those of other calls, and yields each result when it is there. Throws the first
   * error that is not about one photo, after the call's other photos have come to rest.
   */
  results<Task extends { readonly id: number }, Outcome>(
    tasks: readonly Task[],
    work: PhotoWork<Task, Outcome>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Result<Outcome>, void, undefined>;
};

/**
 * Admits photos in the order in which they were asked for, as many at once as memory allows. How much a photo takes is known
 * only when it is decoded, so no more than `mostOpening` are on their way to that.
 */
export const createPhotoQueue = (options: {
  readonly heldBytes: () => number;
  /** Decoded pixels that may be held before no further photo is opened. */
  readonly mostHeldBytes: number;
  readonly mostOpening: number;
}): PhotoQueue => {
  const { heldBytes, mostHeldBytes, mostOpening } = options;
  let underWay = 0;
  let opening = 0;
  const waiting: (() => void)[] = [];

  const mayOpen = (): boolean =>
    underWay === 0 || (underWay < MOST_UNDER_WAY && opening < mostOpening && heldBytes() < mostHeldBytes);

  const admit = (): void => {
    while (waiting.length > 0 && mayOpen()) {
      underWay += 1;
      opening += 1;
      waiting.shift()?.();
    }
  };

  const inTurn = async <Outcome>(work: (opened: () => void) => Promise<Outcome>): Promise<Outcome> => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      admit();
    });
    let isOpening = true;
    const opened = (): void => {
      if (isOpening) opening -= 1;
      isOpening = false;
      admit();
    };
    try {
      return await work(opened);
    } finally {
      underWay -= 1;
      opened();
    }
  };

  return {
    async *results<Task extends { readonly id: number }, Outcome>(
      tasks: readonly Task[],
      work: PhotoWork<Task, Outcome>,
      signal: AbortSignal | undefined,
    ) {
      const abort = new AbortController();
      const stop = (): void => {
        abort.abort(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted === true) stop();
      const ready: Result<Outcome>[] = [];
      let wake: () => void = () => undefined;
      let failure: { readonly error: unknown } | null = null;
      let left = tasks.length;
      const all = Promise.all(
        tasks.map(async (task) => {
          try {
            const outcome = await inTurn(async (opened) => {
              abort.signal.throwIfAborted();
              return work(task, abort.signal, opened);
            });
            ready.push({ id: task.id, outcome });
          } catch (error) {
            failure ??= { error };
            abort.abort(error);
          } finally {
            left -= 1;
            wake();
          }
        }),
      );
      try {
        for (;;) {
          const next = ready.shift();
          if (next !== undefined) yield next;
          else if (left === 0) break;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
        // TypeScript does not see that the tasks above assign it.
        const failed = failure as { readonly error: unknown } | null;
        if (failed !== null) throw failed.error;
      } finally {
        abort.abort(new Error('The caller left.'));
        signal?.removeEventListener('abort', stop);
        await all;
      }
    },
  };
};
