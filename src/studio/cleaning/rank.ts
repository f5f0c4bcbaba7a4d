import {
  centreDistances,
  filterByCentre,
  histogramOf,
  type Filtered,
} from '../../core/cleaning/centre-filter.ts';
import { rankDuplicateIdentities, type DuplicateIdentity } from '../../core/cleaning/duplicate-identities.ts';
import { rankDuplicates, type Duplicate } from '../../core/cleaning/duplicates.ts';
import { membersOf, type Evidence, type LabelledFaces } from '../../core/cleaning/labelled-faces.ts';
import { rankMislabels, type Mislabel } from '../../core/cleaning/mislabels.ts';
import { rankMixedIdentities, type MixedIdentity } from '../../core/cleaning/mixed-identities.ts';
import { learnSamePerson } from '../../core/cleaning/same-person.ts';
import { meanDistance, nearestOf, type Reference } from '../../core/cleaning/set-distance.ts';
import type { NeighbourGraph, Vectors } from '../../core/neighbours/graph.ts';
import type { CentreFilterWish } from '../../contract/cleaning.ts';
import { learnOrFail } from './evidence.ts';
import { rankIdentityPairs, type RankedIdentityPair } from './rank-identity-pairs.ts';

/** Faces with their vectors and neighbours, as a thread holds them. */
export type Material = { readonly vectors: Vectors; readonly graph: NeighbourGraph };

/** What is known of the labels of faces, by their places. */
export type Labels = {
  /** [places] -1 for a face of nobody, or one that takes no part. */
  readonly identityOf: Int32Array;
  readonly identityCount: number;
  /** [places] 1 for each face that takes part; null where all do. */
  readonly takesPart: Uint8Array | null;
  /** [places] 1 for each face whose label a person confirmed; null for none. */
  readonly settled: Uint8Array | null;
  /** [places] what the bytes of its photo hash to; null where nothing is known. */
  readonly contentOf: readonly (string | null)[];
  /** [places] the source that it came from; null where all are of one. */
  readonly sourceOf: Int32Array | null;
};

/** Queues that vectors are needed for. */
export type VectorQueue = 'mislabels' | 'duplicates' | 'identities' | 'mixed';

/** A queue by places of faces and numbers of identities, most suspicious first. `items` are the first of `total`. */
export type Ranked<Queue extends VectorQueue = VectorQueue> = {
  readonly [Each in VectorQueue]: {
    readonly queue: Each;
    readonly total: number;
    readonly items: readonly ItemOf<Each>[];
  };
}[Queue];

type Items = {
  readonly mislabels: Mislabel;
  readonly duplicates: Duplicate;
  readonly identities: DuplicateIdentity;
  readonly mixed: MixedIdentity;
};
type ItemOf<Queue extends VectorQueue> = Items[Queue];

const labelled = ({ vectors }: Material, { identityOf, identityCount }: Labels): LabelledFaces => ({
  vectors,
  identityOf,
  identityCount,
});

const evidenceOf = (material: Material, labels: Labels): Evidence => {
  const faces = labelled(material, labels);
  return { ...faces, graph: material.graph, members: membersOf(faces) };
};

const rankAll = (evidence: Evidence, labels: Labels, queue: VectorQueue): Ranked => {
  const ranked = <Queue extends VectorQueue>(name: Queue, items: readonly ItemOf<Queue>[]) => ({
    queue: name,
    total: items.length,
    items,
  });
  switch (queue) {
    case 'mislabels':
      return ranked(queue, rankMislabels(evidence, learnOrFail(evidence), labels.settled));
    case 'identities':
      return ranked(queue, rankDuplicateIdentities(evidence, learnOrFail(evidence)));
    case 'mixed':
      return ranked(queue, rankMixedIdentities(evidence, learnOrFail(evidence)));
    case 'duplicates':
      return ranked(queue, rankDuplicates(evidence, labels, learnSamePerson(evidence)));
  }
};

/** Ranks what may be wrong with labels. @throws FAILED when too few faces share an identity to learn from */
export const rankFaces = (
  material: Material,
  { labels, queue, limit }: { readonly labels: Labels; readonly queue: VectorQueue; readonly limit: number },
): Ranked => {
  const ranked = rankAll(evidenceOf(material, labels), labels, queue);
  // The items of one queue stay items of that queue.
  return { ...ranked, items: ranked.items.slice(0, limit) } as Ranked;
};

/** A face that is doubted, by its place, and how far it is from those who speak for its identity and for the other. */
export type RankedSuspect = Pick<Mislabel, 'face' | 'identity' | 'isSure'> & {
  readonly kind: 'flip' | 'outlier' | 'doubtful';
  readonly score: number;
  readonly distance: number;
  readonly other: { readonly identity: number; readonly distance: number } | null;
};

const suspectsOf = (ranked: readonly Mislabel[]): readonly RankedSuspect[] =>
  ranked.flatMap(({ face, identity, kind, isSure, score, own, other }): RankedSuspect[] => {
    if (score === null || kind === 'alone' || kind === 'likely-right') return [];
    const nearest =
      other === null ? null : { identity: other.identity, distance: meanDistance(other.references) };
    return [{ face, identity, kind, isSure, score, distance: meanDistance(own), other: nearest }];
  });

/** What somebody is asked about labels, most suspicious first. */
export type RankedQuestions = {
  readonly suspects: readonly RankedSuspect[];
  readonly identityPairs: readonly RankedIdentityPair[];
};

/** What is doubted about labels. @throws as `rankFaces` */
export const rankQuestions = (material: Material, labels: Labels): RankedQuestions => {
  const evidence = evidenceOf(material, labels);
  const model = learnOrFail(evidence);
  return {
    suspects: suspectsOf(rankMislabels(evidence, model, labels.settled)),
    identityPairs: rankIdentityPairs(evidence, model),
  };
};

const HISTOGRAM_BINS = 100;

/** How far faces are from the centres of their identities. */
export type Centred = {
  /** [places] NaN for a face of nobody. */
  readonly distances: Float64Array;
  readonly histogram: { readonly least: number; readonly width: number; readonly counts: Int32Array };
};

/** Measures faces by the centres of their identities; see `centreDistances`. */
export const centreFaces = (material: Material, labels: Labels): Centred => {
  const distances = centreDistances(labelled(material, labels));
  return { distances, histogram: histogramOf(distances, HISTOGRAM_BINS) };
};

/** Of some faces those that are nearest to one, nearest first. */
export const nearestFaces = (
  { vectors }: Material,
  { face, among, most }: { readonly face: number; readonly among: Int32Array; readonly most: number },
): readonly Reference[] => nearestOf(vectors, face, among, most);

/** What a filter leaves of them; see `filterByCentre`. */
export const filterFaces = (
  material: Material,
  { labels, filter }: { readonly labels: Labels; readonly filter: CentreFilterWish },
): Filtered => {
  const faces = labelled(material, labels);
  return filterByCentre(faces, centreDistances(faces), filter);
};
