/**
 * The thread that runs the networks. A run is synchronous and takes the thread whole; meanwhile the engine's own thread talks with
 * image processes, finds boxes and fills the next batch.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { readSafetensors } from '../../node/codecs/safetensors.ts';
import type { Backend } from '../backend/backend.ts';
import { chooseBackend, EngineUnavailable } from '../backend/choose.ts';
import { loadNetwork } from '../embedding/load.ts';
import { ModelUnusable } from '../embedding/model-unusable.ts';
import type { EmbeddingRunner } from '../embedding/runner.ts';
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

type Loaded = {
  readonly backend: Backend;
  readonly mtcnn: MtcnnRunner;
  readonly embedders: Map<string, EmbeddingRunner>;
};

const embedderOf = ({ embedders }: Loaded, key: string): EmbeddingRunner => {
  const embedder = embedders.get(key);
  if (embedder === undefined) throw new Error(`The model ${key} is not loaded.`);
  return embedder;
};

const work = async (loaded: Loaded, request: NetworkRequest): Promise<void> => {
  const { backend, mtcnn, embedders } = loaded;
  switch (request.network) {
    case 'pnet':
      request.output.set(mtcnn.pnet(request.canvas, request.mask));
      break;
    case 'rnet':
    case 'onet':
      request.output.set(mtcnn[request.network](request.squares, request.count));
      break;
    case 'load':
      embedders.set(request.key, backend.embedder(await loadNetwork(request.model)));
      break;
    case 'unload':
      embedders.get(request.key)?.dispose();
      embedders.delete(request.key);
      break;
    case 'embed':
      request.output.set(embedderOf(loaded, request.key).run(request.pictures, request.count));
      break;
  }
};

const run = async (loaded: Loaded, request: NetworkRequest): Promise<void> => {
  const start = performance.now();
  try {
    await work(loaded, request);
    say({ kind: 'done', id: request.id, seconds: (performance.now() - start) / 1000 });
  } catch (error) {
    const isModel = error instanceof ModelUnusable;
    say({ kind: 'failed', id: request.id, message: isModel ? error.message : textOf(error), isModel });
  }
};

const open = async ({ choice, weightsFile }: ThreadOptions): Promise<void> => {
  const backend = await chooseBackend(choice);
  const mtcnn = backend.mtcnn(prepareWeights(await readSafetensors(weightsFile)));
  const loaded: Loaded = { backend, mtcnn, embedders: new Map() };
  // The engine is the same build.
  port.on('message', (request) => {
    void run(loaded, request as NetworkRequest);
  });
  say({ kind: 'ready', info: backend.info });
};

// As above.
open(workerData as ThreadOptions).catch((error: unknown) => {
  if (error instanceof EngineUnavailable)
    say({ kind: 'unavailable', reason: error.reason, advice: error.advice });
  else say({ kind: 'fault', message: textOf(error) });
});
