import type { GraphBuilder, GraphTensor, Operation } from './builder.ts';

/**
 * How one operation hands gradients back: from those of its outputs (undefined: nobody uses that output) to those of its inputs
 * (undefined: no gradient flows there). Each rule is the transposed derivative as TensorFlow's own gradient functions have it.
 */
export type GradientRule = (
  graph: GraphBuilder,
  operation: Operation,
  gradients: readonly (GraphTensor | undefined)[],
) => readonly (GraphTensor | undefined)[];
