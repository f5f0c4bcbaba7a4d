import { createDisjointSets } from '../disjoint-sets.ts';
import type { SpanningTree } from './spanning-tree.ts';

/**
 * Single linkage as a binary tree: faces are nodes 0 to `count - 1`, and join `i` makes node `count + i` of two others, at a distance that never falls.
 */
export type Dendrogram = {
  readonly count: number;
  /** [count - 1] */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly distances: Float64Array;
  /** [2 * count - 1] faces below each node. */
  readonly sizes: Int32Array;
};

/** The dendrogram of a spanning tree, whose edges are in ascending order. */
export const dendrogramOf = ({ from, to, distances }: SpanningTree): Dendrogram => {
  const count = from.length + 1;
  const sets = createDisjointSets(count);
  const nodes = Int32Array.from({ length: count }, (_, face) => face);
  const sizes = new Int32Array(2 * count - 1).fill(1);
  const left = new Int32Array(count - 1);
  const right = new Int32Array(count - 1);
  for (let join = 0; join < count - 1; join += 1) {
    const [a, b] = [nodes[sets.find(from[join] ?? 0)] ?? 0, nodes[sets.find(to[join] ?? 0)] ?? 0];
    left[join] = a;
    right[join] = b;
    sizes[count + join] = (sizes[a] ?? 0) + (sizes[b] ?? 0);
    sets.union(from[join] ?? 0, to[join] ?? 0);
    nodes[sets.find(from[join] ?? 0)] = count + join;
  }
  return { count, left, right, distances, sizes };
};

/** Calls with each face below a node. */
export const eachFaceBelow = (tree: Dendrogram, node: number, visit: (face: number) => void): void => {
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next < tree.count) visit(next);
    else waiting.push(tree.right[next - tree.count] ?? 0, tree.left[next - tree.count] ?? 0);
  }
};
