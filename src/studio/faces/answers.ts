import type { IdentityPage, IdentityRequest } from '../../contract/workspace-facets.ts';
import { FaceMeasure, type FaceFilter, type FaceSort } from '../../contract/workspace-faces.ts';
import type { Identities } from '../../core/dataset/identities.ts';
import type { Database } from '../catalogue/database.ts';
import { binsInSteps, type Bins } from './bins.ts';
import type { FaceColumns } from './columns.ts';
import { coversOf } from './covers.ts';
import { countIdentities, facetsInSteps, type CountedFacets } from './facets.ts';
import { createFacts } from './facts.ts';
import { identityPage } from './identity-page.ts';
import { createGradually, createKept, createLazily, type Gradually } from './kept.ts';
import { createFaceLists, type FaceList } from './lists.ts';
import { createOrders } from './orders.ts';
import { countPhotos } from './photo-facts.ts';

/** What is asked of very many faces. */
export type FaceAnswers = {
  list(filter: FaceFilter, sort: FaceSort): FaceList;
  /** Ids of the faces that a filter takes, ascending. */
  select(filter: FaceFilter): readonly number[];
  /** Counted in steps of some milliseconds; not to be held on to after faces have changed. */
  facets(filter: FaceFilter): Gradually<CountedFacets>;
  identityFacet(filter: FaceFilter, request: IdentityRequest): IdentityPage;
  /** The rank of each identity by name, by id. */
  ranks(): Uint32Array;
  /** The best face of an identity; null where none is fit to be shown. */
  cover(identity: number): number | null;
  /** How many photos that can be looked at show one face, and how many several. */
  countPhotos(): { readonly aligned: number; readonly severalFaces: number };
  /**
   * Makes one step of some milliseconds of what will be asked for sooner or later: texts, bins and orders take longest at their first use.
   * False where all is made, until faces change.
   */
  prepareStep(): boolean;
  /** How many faces each photo shows, by photo; more than 255 count as 255. */
  facesPerPhoto(): Uint8Array;
};

/** Answers that are kept until they are forgotten. */
export type KeptAnswers = FaceAnswers & {
  /** Faces, or what was decided of them, changed: filters and counts are gone. */
  forgetCounts(): void;
  /** Faces have other identities. */
  forgetIdentities(): void;
  /** Identities have other names. */
  forgetNames(): void;
  /** Faces were read anew: orders and bins of all measures are gone as well. */
  forgetRead(): void;
};

/** Filters whose facets are kept. */
const MOST_FACETS = 4;

/** Answers about the faces that `state` holds at the time. */
export const createAnswers = (
  catalogue: Database,
  state: { readonly columns: FaceColumns; readonly people: Identities; readonly canonical: Uint32Array },
): KeptAnswers => {
  const orders = createOrders(
    () => state.columns,
    () => state.people,
  );
  const facts = createFacts(catalogue, state);
  const lists = createFaceLists(() => facts.get(), orders);
  const facets = createKept<Gradually<CountedFacets>>(MOST_FACETS);
  const identityCounts = createKept<Uint32Array>(MOST_FACETS);
  const covers = createLazily(() => coversOf(state.columns, state.canonical.length));
  const bins = new Map<FaceMeasure, Gradually<Bins>>();
  for (const measure of FaceMeasure.options)
    bins.set(
      measure,
      createGradually(() => binsInSteps(state.columns, measure)),
    );
  const binsFor = (measure: FaceMeasure): Bins => {
    const known = bins.get(measure);
    if (known === undefined) throw new Error(`"${measure}" is no measure.`);
    return known.get();
  };
  // What the first screen asks for, what the search asks for, and orders last: the first places of a list are found without them.
  const gradually = [...bins.values(), ...facts.gradually, ...orders.gradually];
  const forgetLists = (): void => {
    lists.forget();
    facets.clear();
    identityCounts.clear();
    covers.forget();
  };
  /** Whether folders can be reached is no change of a face, but filters see it. */
  const look = (): void => {
    if (facts.isOfflineChanged()) forgetLists();
  };
  return {
    list(filter, sort) {
      look();
      return lists.list(filter, sort);
    },
    select(filter) {
      look();
      return lists.select(filter);
    },
    facets(filter) {
      look();
      return facets.get(JSON.stringify(filter), () =>
        createGradually(() => facetsInSteps(facts.get(), lists.sifted(filter), binsFor)),
      );
    },
    identityFacet(filter, request) {
      look();
      const counts = identityCounts.get(JSON.stringify(filter), () =>
        countIdentities(facts.get(), lists.sifted(filter)),
      );
      return identityPage(counts, state.people, orders.ranks(), request);
    },
    ranks: () => orders.ranks(),
    cover(identity) {
      const place = covers.get()[state.people.canonical(identity)] ?? 0;
      return place === 0 ? null : (state.columns.ids[place - 1] ?? null);
    },
    prepareStep: () => gradually.some((each) => each.step()),
    facesPerPhoto: () => facts.facesPerPhoto(),
    countPhotos() {
      look();
      return countPhotos(state.columns, facts.get().fileStatuses());
    },
    forgetCounts() {
      facts.forgetDecided();
      forgetLists();
    },
    forgetIdentities() {
      orders.forgetIdentities();
    },
    forgetNames() {
      orders.forgetNames();
    },
    forgetRead() {
      orders.forgetAll();
      for (const each of bins.values()) each.forget();
      facts.forgetRead();
    },
  };
};
