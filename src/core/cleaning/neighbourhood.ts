import type { Evidence } from './labelled-faces.ts';

/**
 * Mean distance of each face to those of its neighbours that bear another label, in the unit of the vectors; to its last neighbour where all bear
 * its own. Some faces lie near to many people: blurred ones, children, whoever the network saw few of. What two faces' distance says of them shows
 * against this (cross-domain similarity local scaling, Conneau et al. 2018).
 */
export const neighbourhoods = ({
  graph,
  identityOf,
}: Pick<Evidence, 'graph' | 'identityOf'>): Float32Array => {
  const means = new Float32Array(graph.count);
  for (let face = 0; face < graph.count; face += 1) {
    const end = (face + 1) * graph.k;
    let [sum, found] = [0, 0];
    for (let at = face * graph.k; at < end; at += 1) {
      if (identityOf[graph.indices[at] ?? 0] === identityOf[face]) continue;
      sum += graph.distances[at] ?? 0;
      found += 1;
    }
    means[face] = found > 0 ? sum / found : (graph.distances[end - 1] ?? 0);
  }
  return means;
};

/** Mean of `values` over faces. */
export const meanOver = (values: Float32Array, faces: Int32Array): number => {
  let sum = 0;
  for (const face of faces) sum += values[face] ?? 0;
  return sum / faces.length;
};
