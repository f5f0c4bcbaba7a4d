import { Worker } from 'node:worker_threads';
import type { EngineInfo } from '../../contract/engine.ts';
import { processEntry } from '../../node/processes/entry.ts';
import type { LoadableModel } from '../../contract/models.ts';
import { EngineUnavailable } from '../backend/choose.ts';
import { ModelUnusable } from '../embedding/model-unusable.ts';
import type { NetworkRequest, ThreadMessage, ThreadOptions } from './messages.ts';

/**
 * The networks on a thread of their own. Inputs and outputs are made by `sharedBytes` and `sharedFloats`; they belong to the
 * thread until the promise settles. Each resolves with the seconds that the run took.
 */
export type Networks = {
  readonly info: EngineInfo;
  /** Canvas [side, side, 3] and mask [side - 2, side - 2] to cells [rows, columns, 5]; see `pnet` in mtcnn/networks.ts. */
  pnet(canvas: Uint8Array, mask: Float32Array, cells: Float32Array): Promise<number>;
  /** Squares [count, 24, 24, 3] to values [count, 5]. */
  rnet(squares: Float32Array, count: number, values: Float32Array): Promise<number>;
  /** Squares [count, 48, 48, 3] to values [count, 15]. */
  onet(squares: Float32Array, count: number, values: Float32Array): Promise<number>;
  /** Makes a model ready under a key, until `unload`. @throws ModelUnusable */
  load(key: string, model: LoadableModel): Promise<number>;
  unload(key: string): Promise<number>;
  /** Pictures [count, side, side, 3] to vectors [count, dimensions], by a model that was loaded. */
  embed(key: string, pictures: Uint8Array, count: number, vectors: Float32Array): Promise<number>;
};

/** Bytes that the thread sees without a copy. */
export const sharedBytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

/** Floats that the thread sees without a copy. */
export const sharedFloats = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));

type Unnumbered<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

type Pending = { readonly resolve: (seconds: number) => void; readonly reject: (error: Error) => void };

/**
 * Starts the thread. It lives as long as the engine. Should it end before, its runs are never answered: `onEnd` has to end the engine
 * with it, and whoever supervises the engine starts both anew.
 * @throws EngineUnavailable when the engine asked for cannot be had
 */
export const startNetworks = async (
  options: ThreadOptions,
  onEnd: (error: Error) => void,
): Promise<Networks> => {
  const thread = new Worker(processEntry('networks'), { workerData: options });
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let isReady = false;
  const info = await new Promise<EngineInfo>((resolve, reject) => {
    const settle = (message: Extract<ThreadMessage, { id: number }>): void => {
      const asked = pending.get(message.id);
      pending.delete(message.id);
      if (message.kind === 'done') asked?.resolve(message.seconds);
      else asked?.reject(message.isModel ? new ModelUnusable(message.message) : new Error(message.message));
    };
    // The thread is the same build.
    thread.on('message', (message: ThreadMessage) => {
      if (message.kind === 'ready') {
        isReady = true;
        resolve(message.info);
      } else if (message.kind === 'unavailable') reject(new EngineUnavailable(message));
      else if (message.kind === 'fault') reject(new Error(message.message));
      else settle(message);
    });
    const fail = (error: Error): void => {
      if (isReady) onEnd(error);
      else reject(error);
    };
    thread.on('error', fail);
    thread.on('exit', () => {
      fail(new Error('their thread is gone.'));
    });
  });
  const ask = (request: Unnumbered<NetworkRequest>): Promise<number> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      pending.set(lastId, { resolve, reject });
      thread.postMessage({ ...request, id: lastId });
    });
  return {
    info,
    pnet: (canvas, mask, output) => ask({ network: 'pnet', canvas, mask, output }),
    rnet: (squares, count, output) => ask({ network: 'rnet', squares, count, output }),
    onet: (squares, count, output) => ask({ network: 'onet', squares, count, output }),
    load: (key, model) => ask({ network: 'load', key, model }),
    unload: (key) => ask({ network: 'unload', key }),
    embed: (key, pictures, count, output) => ask({ network: 'embed', key, pictures, count, output }),
  };
};
