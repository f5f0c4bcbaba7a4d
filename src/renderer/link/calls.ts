import { ORPCError } from '@orpc/client';

const RETRY_MS = 200;
/** Codes that the contract declares: an answer for people, not an accident of the connection. */
const ANSWERS = ['UNUSABLE', 'FAILED', 'NOT_FOUND'];

const hasMessage = (data: unknown): data is { readonly message: string } =>
  typeof data === 'object' && data !== null && 'message' in data && typeof data.message === 'string';

const isAnswer = (
  error: unknown,
): error is { readonly code: unknown; readonly data: unknown; readonly message: string } =>
  error instanceof ORPCError;

/** The sentence that the studio refused a call with; null when it did not answer, because the connection broke. */
export const refusalOf = (error: unknown): string | null => {
  if (!isAnswer(error)) return null;
  const { code, data } = error;
  if (ANSWERS.some((answer) => answer === code) && hasMessage(data)) return data.message;
  return `The studio could not answer: ${error.message}`;
};

/** What puts right what the studio refused a call for, where the window can offer it; else null. */
export const remedyOf = (error: unknown): 'restore' | null => {
  if (!isAnswer(error)) return null;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'remedy' in data && data.remedy === 'restore'
    ? data.remedy
    : null;
};

/** What went wrong, as a sentence for people. */
export const sentenceOf = (error: unknown): string =>
  refusalOf(error) ?? 'The connection to the studio was lost before it answered. Try again.';

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, RETRY_MS);
    signal.addEventListener('abort', done);
  });

/**
 * Asks until there is an answer: again on the next connection when one breaks. For questions, which change nothing.
 * @throws the studio's refusal, or the reason of `signal`
 */
export const ask = async <Answer>(
  question: (signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> => {
  for (;;) {
    try {
      return await question(signal);
    } catch (error) {
      if (signal.aborted || refusalOf(error) !== null) throw error;
      await pause(signal);
      signal.throwIfAborted();
    }
  }
};

/** Follows a stream for as long as `signal` allows: opened again after each loss. `refused` hears why it cannot be had. */
export const follow = <Value>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<Value>>,
  options: {
    readonly signal: AbortSignal;
    readonly take: (value: Value) => void;
    readonly refused: (sentence: string) => void;
  },
): void => {
  const { signal, take, refused } = options;
  const isOver = (): boolean => signal.aborted;
  const run = async (): Promise<void> => {
    while (!isOver()) {
      try {
        for await (const value of await open(signal)) take(value);
      } catch (error) {
        const refusal = isOver() ? null : refusalOf(error);
        if (refusal !== null) {
          refused(refusal);
          return;
        }
      }
      await pause(signal);
    }
  };
  void run();
};
