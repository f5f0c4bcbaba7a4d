import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { processEntry } from '../../node/processes/entry.ts';
import { failureOf } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { CareKind, CareMessage, CareRequest, CareTasks } from './messages.ts';

type Growing = Extract<CareMessage, { readonly kind: 'grows' }>;
type End = Exclude<CareMessage, Growing | { readonly kind: 'progress' }>;

const UNHEARD: WorkHooks = { signal: new AbortController().signal, onProgress: () => undefined };

const WATCH_EVERY_MS = 100;

/** Tells how far a file has grown, until the returned function is called: the thread that writes it cannot say so meanwhile. */
const watchGrowing = ({ file, done, total }: Growing, onProgress: WorkHooks['onProgress']): (() => void) => {
  const tell = (): void => {
    onProgress(Math.min(total, done + (statSync(file, { throwIfNoEntry: false })?.size ?? 0)), total);
  };
  tell();
  const timer = setInterval(tell, WATCH_EVERY_MS);
  return () => {
    clearInterval(timer);
  };
};

/**
 * Does work that reads or writes whole catalogues, for seconds or minutes, on a thread of its own: whoever looks at faces goes on meanwhile.
 * Only kinds that say so can be stopped.
 * @throws the failure of the work, the signal's reason when it was stopped
 */
export const onCareThread = async <Kind extends CareKind>(
  request: Extract<CareRequest, { readonly kind: Kind }>,
  { signal, onProgress }: WorkHooks = UNHEARD,
): Promise<CareTasks[Kind]['result']> => {
  const thread = new Worker(processEntry('care'), { workerData: request });
  const stop = (): void => {
    thread.postMessage('stop');
  };
  signal.addEventListener('abort', stop);
  let stopWatching = (): void => undefined;
  try {
    const end = await new Promise<End>((resolve, reject) => {
      let told: End = { kind: 'fault', message: `The thread for ${request.kind} ended without a word.` };
      thread.on('message', (data) => {
        // The thread is the same build.
        const message = data as CareMessage;
        stopWatching();
        switch (message.kind) {
          case 'progress':
            onProgress(message.done, message.total, message.stage);
            break;
          case 'grows':
            stopWatching = watchGrowing(message, onProgress);
            break;
          default:
            told = message;
        }
      });
      thread.on('error', reject);
      thread.on('exit', () => {
        resolve(told);
      });
    });
    switch (end.kind) {
      case 'done':
        return end.result;
      case 'stopped':
        throw signal.reason;
      case 'failed':
        throw failureOf(end.failure);
      case 'fault':
        throw new Error(end.message);
    }
  } finally {
    stopWatching();
    signal.removeEventListener('abort', stop);
  }
};
