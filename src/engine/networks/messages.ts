import type { EngineChoice, EngineInfo } from '../../contract/engine.ts';
import type { LoadableModel } from '../../contract/models.ts';

/** What the thread is started with. */
export type ThreadOptions = { readonly choice: EngineChoice; readonly weightsFile: string };

/** One run of a network, or what is done with one. All arrays lie in shared memory and belong to the thread until it has answered. */
export type NetworkRequest =
  | {
      readonly id: number;
      readonly network: 'pnet';
      readonly canvas: Uint8Array;
      readonly mask: Float32Array;
      /** Takes the cells. */
      readonly output: Float32Array;
    }
  | {
      readonly id: number;
      readonly network: 'rnet' | 'onet';
      readonly squares: Float32Array;
      readonly count: number;
      /** Takes the values of each square, from the start. */
      readonly output: Float32Array;
    }
  /** Makes a model ready under a key. */
  | { readonly id: number; readonly network: 'load'; readonly key: string; readonly model: LoadableModel }
  | { readonly id: number; readonly network: 'unload'; readonly key: string }
  | {
      readonly id: number;
      readonly network: 'embed';
      readonly key: string;
      readonly pictures: Uint8Array;
      readonly count: number;
      /** Takes the vectors, from the start. */
      readonly output: Float32Array;
    };

export type ThreadMessage =
  | { readonly kind: 'ready'; readonly info: EngineInfo }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly advice: string }
  | { readonly kind: 'fault'; readonly message: string }
  | { readonly kind: 'done'; readonly id: number; readonly seconds: number }
  /** `isModel`: the weights of a model are not what they must be; the message is a sentence. */
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly isModel: boolean };
