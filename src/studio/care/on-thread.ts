import { Worker } from 'node:worker_threads';
import { processEntry } from '../../node/processes/entry.ts';
import { failureOf } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { CareKind, CareMessage, CareRequest, CareTasks } from './messages.ts';

type End = Exclude<CareMessage, { readonly kind: 'progress' }>;

const UNHEARD: WorkHooks = { signal: new AbortController().signal, onProgress: () => undefined };

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
  try {
    const end = await new Promise<End>((resolve, reject) => {
      let told: End = { kind: 'fault', message: `The thread for ${request.kind} ended without a word.` };
      thread.on('message', (data) => {
        // The thread is the same build.
        const message = data as CareMessage;
        if (message.kind === 'progress') onProgress(message.done, message.total);
        else told = message;
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
    signal.removeEventListener('abort', stop);
  }
};
