/** What `make` gives for a key, kept for the last few keys that were asked for. */
export type Kept<Value> = { get(key: string, make: () => Value): Value; clear(): void };

/** Keeps at most so many values. */
export const createKept = <Value>(most: number): Kept<Value> => {
  const kept = new Map<string, Value>();
  return {
    get(key, make) {
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known;
      }
      const oldest = kept.keys().next();
      if (kept.size >= most && oldest.done !== true) kept.delete(oldest.value);
      const made = make();
      kept.set(key, made);
      return made;
    },
    clear: () => {
      kept.clear();
    },
  };
};

/** What `make` gives, made at the first call and again after `forget`. */
export type Lazily<Value> = { get(): Value; forget(): void };

export const createLazily = <Value extends object>(make: () => Value): Lazily<Value> => {
  let made: Value | null = null;
  return {
    get: () => (made ??= make()),
    forget: () => {
      made = null;
    },
  };
};

/** Something that takes long to make: made a step at a time while nobody waits for it, and to its end when somebody does. */
export type Gradually<Value> = Lazily<Value> & {
  /** What is made already; null until all of it is. */
  known(): Value | null;
  /** Makes one step of it. False where all is made. */
  step(): boolean;
};

/** What `make` returns. Whoever changes what its steps read calls `forget`: they begin anew. */
export const createGradually = <Value extends object>(
  make: () => Generator<void, Value, void>,
): Gradually<Value> => {
  let made: Value | null = null;
  let steps: Generator<void, Value, void> | null = null;
  const step = (): boolean => {
    if (made !== null) return false;
    steps ??= make();
    const { done, value } = steps.next();
    if (done === true) [made, steps] = [value, null];
    return true;
  };
  return {
    known: () => made,
    step,
    get() {
      for (;;) {
        if (made !== null) return made;
        step();
      }
    },
    forget() {
      [made, steps] = [null, null];
    },
  };
};
