import { Worker } from 'node:worker_threads';
import { createTurns } from '../../core/jobs/turns.ts';
import { processEntry } from '../../node/processes/entry.ts';
import { failed } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Answer, Given, Question, ThreadMessage, ThreadRequest } from './thread-messages.ts';

/** `ClusterWork` on a thread of its own, which keeps what was loaded. */
export type ClusterThread = {
  /** Asks one question after the other. @throws FAILED, or the signal's reason */
  ask<Asked extends Question>(
    kind: Asked,
    given: Given<Asked>,
    hooks?: Partial<WorkHooks>,
  ): Promise<Answer<Asked>>;
  /** Ends the thread; what is asked rejects. */
  close(): Promise<void>;
};

const ENDED = 'The thread that clusters faces ended.';

type Waiting = { readonly hear: (message: ThreadMessage) => void; readonly fail: (error: Error) => void };

/** Starts the thread. Whoever starts it closes it. */
export const startClusterThread = (): ClusterThread => {
  const thread = new Worker(processEntry('clusters'));
  const turns = createTurns(1);
  let waiting: Waiting | null = null;
  let end: Error | null = null;
  const fail = (error: Error): void => {
    end ??= error;
    waiting?.fail(end);
  };
  // The thread is the same build.
  thread.on('message', (message) => waiting?.hear(message as ThreadMessage));
  thread.on('error', fail);
  thread.on('exit', () => {
    fail(new Error(ENDED));
  });
  // Nothing else keeps the service alive for it.
  thread.unref();

  const send = (request: ThreadRequest, { signal, onProgress }: Partial<WorkHooks>): Promise<unknown> => {
    signal?.throwIfAborted();
    if (end !== null) throw end;
    const stop = (): void => {
      thread.postMessage({ kind: 'stop' } satisfies ThreadRequest);
    };
    return new Promise<unknown>((resolve, reject) => {
      waiting = {
        fail: reject,
        hear(message) {
          switch (message.kind) {
            case 'progress':
              onProgress?.(message.done, message.total);
              return;
            case 'answer':
              resolve(message.answer);
              return;
            case 'stopped':
              reject(signal?.reason instanceof Error ? signal.reason : new Error(ENDED));
              return;
            case 'failed':
              reject(failed(message.message));
              return;
            case 'fault':
              reject(new Error(message.message));
          }
        },
      };
      signal?.addEventListener('abort', stop, { once: true });
      thread.postMessage(request);
    }).finally(() => {
      waiting = null;
      signal?.removeEventListener('abort', stop);
    });
  };
  return {
    ask: async (kind, given, hooks = {}) =>
      // What the thread answers to a question is of its kind: both sides are one build.
      (await turns(() => send({ kind, given } as ThreadRequest, hooks))) as Answer<typeof kind>,
    async close() {
      await thread.terminate();
    },
  };
};
