/** Clusters faces, and ranks what may be wrong with them: minutes for very many, in which the service's own thread goes on answering. It ends when it is told to. */
import { parentPort } from 'node:worker_threads';
import { asError, isFailure } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { ThreadMessage, ThreadRequest } from './thread-messages.ts';
import { createClusterWork } from './work.ts';

const port = parentPort;
if (port === null) throw new Error('This thread is started by the service, not by hand.');

const work = createClusterWork();
let asked: AbortController | null = null;

const tell = (message: ThreadMessage): void => {
  port.postMessage(message);
};

const answer = (request: Exclude<ThreadRequest, { kind: 'stop' }>, hooks: WorkHooks): Promise<unknown> => {
  switch (request.kind) {
    case 'load':
      return work.load(request.given, hooks);
    case 'run':
      return work.run(request.given, hooks);
    case 'stability':
      return work.stability(request.given, hooks);
    case 'join':
      return work.join(request.given);
    case 'lay':
      return work.lay(request.given);
    case 'measure':
      return work.measure(request.given);
    case 'closest':
      return work.closest(request.given);
    case 'cut':
      return work.cut(request.given);
    case 'rank':
      return work.rank(request.given);
    case 'questions':
      return work.questions(request.given);
    case 'nearest':
      return work.nearest(request.given);
    case 'search':
      return work.search(request.given);
    case 'centre':
      return work.centre(request.given);
    case 'filter':
      return work.filter(request.given);
  }
};

const hear = async (request: ThreadRequest): Promise<void> => {
  if (request.kind === 'stop') {
    asked?.abort();
    return;
  }
  const stop = new AbortController();
  asked = stop;
  const onProgress = (done: number, total: number): void => {
    tell({ kind: 'progress', done, total });
  };
  try {
    tell({ kind: 'answer', answer: await answer(request, { signal: stop.signal, onProgress }) });
  } catch (error) {
    if (stop.signal.aborted) tell({ kind: 'stopped' });
    else tell({ kind: isFailure(error) ? 'failed' : 'fault', message: asError(error).message });
  }
};

port.on('message', (request) => {
  // The service is the same build.
  void hear(request as ThreadRequest);
});
