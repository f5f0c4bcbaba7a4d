import type { EngineChoice, EngineInfo } from '../../contract/engine.ts';

/** What the thread is started with. */
export type ThreadOptions = { readonly choice: EngineChoice; readonly weightsFile: string };

/** One run of a network. All arrays lie in shared memory and belong to the thread until it has answered. */
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
    };

export type ThreadMessage =
  | { readonly kind: 'ready'; readonly info: EngineInfo }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly advice: string }
  | { readonly kind: 'fault'; readonly message: string }
  | { readonly kind: 'done'; readonly id: number; readonly seconds: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
