import type { EngineInfo } from '../../contract/engine.ts';
import type { Vectors } from '../../core/verification/distance.ts';

/** Pictures of a folder and what is known of each. */
export type PictureVectors = {
  /** Relative to the folder, sorted as they were found. */
  readonly files: readonly string[];
  /** For each file its row, or in a few words why it has none. */
  readonly rows: readonly (number | { readonly why: string })[];
  readonly vectors: Vectors;
  readonly model: string | null;
  readonly engine: EngineInfo | null;
  readonly remarks: readonly string[];
};
