import type { CentreFilterWish } from '../../contract/cleaning.ts';
import type { ClusterParameters } from '../../contract/clustering.ts';
import type { Filtered } from '../../core/cleaning/centre-filter.ts';
import type { Reference } from '../../core/cleaning/set-distance.ts';
import { searchFaces, type FaceSearch } from '../../core/cleaning/search.ts';
import { edgesOfNew, joinArrivals } from '../../core/clustering/arrivals.ts';
import { clusterFaces, findClusters, lengthsOf, neighboursFor } from '../../core/clustering/cluster-faces.ts';
import { LEFT_OUT, numbered } from '../../core/clustering/clustering.ts';
import {
  constraintsOfSome,
  unconstrained,
  type ConstraintConflict,
  type Constraints,
} from '../../core/clustering/constraints.ts';
import { cutGroup, linkGroup } from '../../core/clustering/cut.ts';
import { closestPairs, describeGroups, type Closest, type Groups } from '../../core/clustering/groups.ts';
import { measureNamed, type NamedQuality } from '../../core/clustering/quality.ts';
import { settle } from '../../core/clustering/settle.ts';
import { graphOfSome, measureStability, vectorsOfSome } from '../../core/clustering/stability.ts';
import { suggestMerges, type Suggestion } from '../../core/clustering/suggestions.ts';
import type { Vectors } from '../../core/neighbours/graph.ts';
import { extendGraph } from '../../node/neighbours/find.ts';
import { createForeignSearch } from '../../node/neighbours/foreign.ts';
import { findGraph, NEIGHBOURS } from '../cleaning/evidence.ts';
import {
  centreFaces,
  filterFaces,
  nearestFaces,
  rankFaces,
  rankQuestions,
  type Centred,
  type Labels,
  type Material,
  type Ranked,
  type RankedQuestions,
  type VectorQueue,
} from '../cleaning/rank.ts';
import type { WorkHooks } from '../stream-work.ts';

/** Merges that are proposed at most: whoever said no two thousand times has seen enough. */
const MOST_SUGGESTIONS = 2000;

/** Share of the faces that a round of stability keeps. */
const STABILITY_SHARE = 0.8;

/** Clusters of faces by their places; `NEW` and `LEFT_OUT` for those that have none. */
type Labelled = { readonly labels: Int32Array; readonly clusters: number };

type Found = Labelled & { readonly conflicts: readonly ConstraintConflict[] };

type Laid = Found & Groups & { readonly suggestions: readonly Suggestion[] };

type Loading = {
  readonly vectors: Vectors;
  /**
   * Faces from this one on came later: their neighbours are found, but not put into the lists of those before. That is enough to join and to
   * settle them, not for a run.
   */
  readonly graphed: number;
  /** Where the neighbours of those before are kept; null for nowhere. */
  readonly file: string | null;
  /** The parameters of a run that the neighbours must be enough for; null for none. */
  readonly parameters: ClusterParameters | null;
};

type Running = {
  readonly parameters: ClusterParameters;
  /** null where nothing is known of the faces. */
  readonly constraints: Constraints | null;
  /** [count] 1 for faces that take part; null where all do. */
  readonly takesPart: Uint8Array | null;
};

/** What is asked of faces and takes its time, one question after the other: each with what it is given and what it gives. */
export type ClusterWork = {
  /** Takes vectors, and finds or reads their neighbours. */
  load(given: Loading, hooks: WorkHooks): Promise<null>;
  run(given: Running, hooks: WorkHooks): Promise<Found>;
  /** How alike clusters of parts of the faces are to `labels`; see `measureStability`. */
  stability(
    given: Running & { readonly labels: Int32Array; readonly rounds: number },
    hooks: WorkHooks,
  ): Promise<number>;
  /** Gives `NEW` faces clusters; see `joinArrivals`. */
  join(given: {
    readonly labels: Int32Array;
    readonly radius: number;
    readonly constraints: Constraints;
  }): Promise<Labelled>;
  /** Makes clusters obey what is known, lays them out, and says what may be one person. */
  lay(given: {
    readonly labels: Int32Array;
    readonly constraints: Constraints;
    /** Pairs of clusters that are farther apart are not proposed, in the unit of the vectors. */
    readonly suggestUpTo: number;
  }): Promise<Laid>;
  /** How well clusters agree with names; see `measureNamed`. */
  measure(given: { readonly labels: Int32Array; readonly names: Int32Array }): Promise<NamedQuality | null>;
  closest(given: {
    readonly ones: Int32Array;
    readonly others: Int32Array;
    readonly most: number;
  }): Promise<readonly Closest[]>;
  /** The parts of a group at a distance, and that from which on it is whole; see `cutGroup`. */
  cut(given: {
    readonly faces: Int32Array;
    readonly distance: number;
  }): Promise<{ readonly parts: readonly Int32Array[]; readonly whole: number }>;
  /** What may be wrong with labels; see `rankFaces`. */
  rank(given: {
    readonly labels: Labels;
    readonly queue: VectorQueue;
    readonly limit: number;
  }): Promise<Ranked>;
  /** What is doubted about labels; see `rankQuestions`. */
  questions(given: Labels): Promise<RankedQuestions>;
  /** Of some faces those that are nearest to one; see `nearestFaces`. */
  nearest(given: {
    readonly face: number;
    readonly among: Int32Array;
    readonly most: number;
  }): Promise<readonly Reference[]>;
  /** Faces by their distance to some, or to a vector; see `searchFaces`. */
  search(given: FaceSearch): Promise<readonly Reference[]>;
  /** How far faces are from the centres of their identities; see `centreFaces`. */
  centre(given: Labels): Promise<Centred>;
  /** What a filter by that distance leaves; see `filterFaces`. */
  filter(given: { readonly labels: Labels; readonly filter: CentreFilterWish }): Promise<Filtered>;
};

const placesOf = (takesPart: Uint8Array): Int32Array =>
  Int32Array.from(takesPart.keys()).filter((place) => takesPart[place] === 1);

/** The faces that take part by themselves. A graph of some of them is exact for as many neighbours as all of them have left. */
const partOf = ({ vectors, graph }: Material, places: Int32Array): Material => ({
  vectors: vectorsOfSome(vectors, places),
  graph: graphOfSome(graph, places),
});

const runOn = async (
  { vectors, graph }: Material,
  parameters: ClusterParameters,
  constraints: Constraints | null,
  signal: AbortSignal,
): Promise<Found> => {
  const { labels, clusters, conflicts } = await clusterFaces(
    { graph, lengths: lengthsOf(vectors), search: createForeignSearch(vectors, { signal }) },
    parameters,
    constraints ?? unconstrained(vectors.count),
  );
  return { labels, clusters, conflicts };
};

/** Clusters of one for faces without a cluster, which are taken away again after. */
const withSingles = (labels: Int32Array): Int32Array =>
  labels.map((label, face) => (label < 0 ? -1 - face : label));

const withoutSingles = (settled: Int32Array, given: Int32Array): Labelled => {
  const names = new Map<number, number>();
  const labels = settled.map((label, face) => {
    const before = given[face] ?? LEFT_OUT;
    if (before < 0) return before;
    const name = names.get(label) ?? names.size;
    names.set(label, name);
    return name;
  });
  return { labels, clusters: names.size };
};

/** What is asked of faces and their labels. */
const labelWork = (
  material: () => Material,
): Pick<ClusterWork, 'rank' | 'questions' | 'nearest' | 'search' | 'centre' | 'filter'> => ({
  rank: (given) => Promise.resolve(rankFaces(material(), given)),
  questions: (given) => Promise.resolve(rankQuestions(material(), given)),
  nearest: (given) => Promise.resolve(nearestFaces(material(), given)),
  search: (given) => Promise.resolve(searchFaces(material().vectors, given)),
  centre: (given) => Promise.resolve(centreFaces(material(), given)),
  filter: (given) => Promise.resolve(filterFaces(material(), given)),
});

/** Nothing is loaded. @throws from everything but `load` until something is */
export const createClusterWork = (): ClusterWork => {
  let loaded: Material | null = null;
  const material = (): Material => {
    if (loaded === null) throw new Error('No vectors were loaded.');
    return loaded;
  };
  return {
    async load({ vectors, graphed, file, parameters }, hooks) {
      const { dimensions, values } = vectors;
      const before = { count: graphed, dimensions, values: values.subarray(0, graphed * dimensions) };
      const k = Math.max(NEIGHBOURS, parameters === null ? 0 : neighboursFor(parameters));
      const graph = await findGraph(before, k, file, hooks);
      loaded = { vectors, graph: await extendGraph(graph, vectors, { signal: hooks.signal }) };
      return null;
    },
    async run({ parameters, constraints, takesPart }, { signal }) {
      if (takesPart === null) return runOn(material(), parameters, constraints, signal);
      const places = placesOf(takesPart);
      const some = constraints === null ? null : constraintsOfSome(constraints, places);
      const found = await runOn(partOf(material(), places), parameters, some, signal);
      const labels = new Int32Array(takesPart.length).fill(LEFT_OUT);
      places.forEach((place, face) => {
        labels[place] = found.labels[face] ?? LEFT_OUT;
      });
      const named = ([a, b]: readonly [number, number]) => [places[a] ?? 0, places[b] ?? 0] as const;
      return {
        labels,
        clusters: found.clusters,
        conflicts: found.conflicts.map((conflict) => ({
          ...conflict,
          faces: named(conflict.faces),
          pairs: conflict.pairs.map(named),
        })),
      };
    },
    stability({ labels, parameters, takesPart, rounds }, { signal, onProgress }) {
      const places = takesPart === null ? null : placesOf(takesPart);
      const { vectors, graph } = places === null ? material() : partOf(material(), places);
      const own = places === null ? labels : places.map((place) => labels[place] ?? LEFT_OUT);
      let round = 0;
      return measureStability(
        graph,
        own,
        async (part, kept) => {
          signal.throwIfAborted();
          const some = vectorsOfSome(vectors, kept);
          const search = createForeignSearch(some, { signal });
          // Another order of the faces as well, where an algorithm depends on it.
          const seeded =
            'seed' in parameters ? { ...parameters, seed: parameters.seed + round + 1 } : parameters;
          const found = await findClusters({ graph: part, lengths: lengthsOf(some), search }, seeded);
          round += 1;
          onProgress(round, rounds);
          return found.labels;
        },
        { rounds, share: STABILITY_SHARE, seed: 0 },
      );
    },
    join({ labels, radius, constraints }) {
      const edges = edgesOfNew(labels, material().graph, radius, (face) => labels[face] !== LEFT_OUT);
      // Each left out is a cluster by itself, which nothing joins.
      const marked = labels.map((label, face) => (label === LEFT_OUT ? labels.length + face : label));
      const found = joinArrivals(marked, edges, constraints);
      const joined = labels.map((label) => (label === LEFT_OUT ? LEFT_OUT : 0));
      return Promise.resolve(withoutSingles(found.labels, joined));
    },
    lay({ labels, constraints, suggestUpTo }) {
      const { vectors, graph } = material();
      const given = { ...numbered(withSingles(labels)), links: [] };
      const { sets, conflicts, labels: settled } = settle(given, graph, constraints);
      const laid = withoutSingles(settled, labels);
      const mayJoin = (a: number, b: number): boolean => sets.obstacle(a, b) === null;
      return Promise.resolve({
        ...laid,
        conflicts,
        ...describeGroups(laid, graph, vectors),
        suggestions: suggestMerges(laid, graph, suggestUpTo, mayJoin).slice(0, MOST_SUGGESTIONS),
      });
    },
    measure: ({ labels, names }) => Promise.resolve(measureNamed(labels, names)),
    closest: ({ ones, others, most }) =>
      Promise.resolve(closestPairs(material().vectors, ones, others, most)),
    cut({ faces, distance }) {
      const tree = linkGroup(material().vectors, faces);
      const whole = tree.joins.reduce((longest, join) => Math.max(longest, join.distance), 0);
      return Promise.resolve({ parts: cutGroup(tree, distance), whole });
    },
    ...labelWork(material),
  };
};
