import { buildPrograms } from './build-programs.mjs';

/** What the benchmark of clustering asks of the project. */
export const buildClustering = async () => {
  const built = await buildPrograms({
    find: 'src/node/neighbours/find.ts',
    foreign: 'src/node/neighbours/foreign.ts',
    cluster: 'src/core/clustering/cluster-faces.ts',
    quality: 'src/core/clustering/quality.ts',
  });
  /** @type {typeof import('../../src/node/neighbours/find.ts')} */
  const { findNeighbours } = await import(built.program('find'));
  /** @type {typeof import('../../src/node/neighbours/foreign.ts')} */
  const { createForeignSearch } = await import(built.program('foreign'));
  /** @type {typeof import('../../src/core/clustering/cluster-faces.ts')} */
  const { findClusters, lengthsOf } = await import(built.program('cluster'));
  /** @type {typeof import('../../src/core/clustering/quality.ts')} */
  const { measureClusters } = await import(built.program('quality'));
  return {
    findNeighbours,
    measureClusters,
    findClusters,
    /**
     * What clusters are made of; the searches that it is asked for are counted.
     * @param {import('../../src/core/neighbours/graph.ts').Vectors} vectors
     * @param {import('../../src/core/neighbours/graph.ts').NeighbourGraph} graph
     */
    facesOf: (vectors, graph) => {
      const search = createForeignSearch(vectors);
      const counted = { rows: 0 };
      return {
        counted,
        faces: {
          graph,
          lengths: lengthsOf(vectors),
          search: (
            /** @type {import('../../src/core/clustering/foreign.ts').ForeignQuestion} */ question,
          ) => {
            counted.rows += question.rows.length;
            return search(question);
          },
        },
      };
    },
    remove: built.remove,
  };
};
