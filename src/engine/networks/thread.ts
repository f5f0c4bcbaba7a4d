/**
 * The thread that runs the networks. A run is synchronous and takes the thread whole; meanwhile the engine's own thread talks with
 * image processes, finds boxes and fills the next batch.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { readSafetensors } from '../../node/codecs/safetensors.ts';
import { chooseBackend, EngineUnavailable } from '../backend/choose.ts';
import { prepareWeights } from '../mtcnn/networks.ts';
import type { MtcnnRunner } from '../mtcnn/runner.ts';
import type { NetworkRequest, ThreadMessage, ThreadOptions } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('This thread is started by the engine, not by hand.');

const say = (message: ThreadMessage): void => {
  port.postMessage(message);
};

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

const run = (mtcnn: MtcnnRunner, request: NetworkRequest): void => {
  const start = performance.now();
  try {
    const values =
      request.network === 'pnet'
        ? mtcnn.pnet(request.canvas, request.mask)
        : mtcnn[request.network](request.squares, request.count);
    request.output.set(values);
    say({ kind: 'done', id: request.id, seconds: (performance.now() - start) / 1000 });
  } catch (error) {
    say({ kind: 'failed', id: request.id, message: textOf(error) });
  }
};

const open = async ({ choice, weightsFile }: ThreadOptions): Promise<void> => {
  const backend = await chooseBackend(choice);
  const mtcnn = backend.mtcnn(prepareWeights(await readSafetensors(weightsFile)));
  // The engine is the same build.
  port.on('message', (request) => {
    run(mtcnn, request as NetworkRequest);
  });
  say({ kind: 'ready', info: backend.info });
};

// As above.
open(workerData as ThreadOptions).catch((error: unknown) => {
  if (error instanceof EngineUnavailable)
    say({ kind: 'unavailable', reason: error.reason, advice: error.advice });
  else say({ kind: 'fault', message: textOf(error) });
});
