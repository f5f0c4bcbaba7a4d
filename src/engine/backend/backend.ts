import type { EngineInfo } from '../../contract/engine.ts';
import type { MtcnnWeights } from '../mtcnn/networks.ts';
import type { EmbeddingNetwork, EmbeddingRunner } from '../embedding/runner.ts';
import type { MtcnnRunner } from '../mtcnn/runner.ts';

/** What runs the networks: native TensorFlow, or tfjs in WebAssembly. */
export type Backend = {
  readonly info: EngineInfo;
  /** MTCNN ready to run; the caller disposes of it. */
  mtcnn(weights: MtcnnWeights): MtcnnRunner;
  /** A network that makes vectors, ready to run; the caller disposes of it. */
  embedder(network: EmbeddingNetwork): EmbeddingRunner;
  /** Tensors that are held at this moment; between runs none but weights of the wasm backend. */
  tensors(): number;
  /** Native graphs that are loaded. */
  graphs(): number;
};
