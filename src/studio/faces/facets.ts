import type { Facets, Histogram } from '../../contract/workspace-facets.ts';
import { FaceMeasure } from '../../contract/workspace-faces.ts';
import { HISTOGRAM_BINS, UNMEASURED, type Bins } from './bins.ts';
import { FLAG } from './columns.ts';
import { FACET, type FaceFacts, type Sifted } from './filter.ts';
import { FACE_FILE_STATUSES } from './photo-facts.ts';

/** All facets but the identities. */
export type CountedFacets = Omit<Facets, 'revision' | 'identities'>;

const ALL_FACETS = 0xffff;

/** A column's codes are of one byte. */
const BYTE_VALUES = 256;

/** How often each value of a column, all below `values`, stands at places that no other facet than `own` keeps out. */
const countValues = (
  column: Uint8Array | Uint32Array,
  values: number,
  { misses }: Sifted,
  own: number,
): Uint32Array => {
  const counts = new Uint32Array(values);
  const others = ALL_FACETS & ~own;
  for (let place = 0; place < misses.length; place += 1) {
    if (((misses[place] ?? 0) & others) !== 0) continue;
    const value = column[place] ?? 0;
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
};

const mostOf = (column: Uint32Array, count: number): number => {
  let most = 0;
  for (let place = 0; place < count; place += 1) {
    const value = column[place] ?? 0;
    if (value > most) most = value;
  }
  return most;
};

/** How many faces each identity has, by id; 0 stands for nobody. */
export const countIdentities = ({ columns }: FaceFacts, sifted: Sifted): Uint32Array =>
  countValues(columns.identities, mostOf(columns.identities, columns.count) + 1, sifted, FACET.identities);

const statesOf = (counts: Uint32Array): Facets['states'] => {
  const [unreviewed = 0, confirmed = 0, rejected = 0, notAFace = 0, unusable = 0, ignored = 0] = counts;
  return { unreviewed, confirmed, rejected, 'not-a-face': notAFace, unusable, ignored };
};

const countFlag = (flags: Uint16Array, { misses }: Sifted, flag: number, own: number): Facets['isEdited'] => {
  const others = ALL_FACETS & ~own;
  let yes = 0;
  let all = 0;
  for (let place = 0; place < misses.length; place += 1) {
    if (((misses[place] ?? 0) & others) !== 0) continue;
    all += 1;
    if (((flags[place] ?? 0) & flag) !== 0) yes += 1;
  }
  return { yes, no: all - yes };
};

const countSeveral = (facts: FaceFacts, { misses }: Sifted): Facets['hasSeveralIdentities'] => {
  const several = facts.severalIdentities();
  const { photos } = facts.columns;
  const others = ALL_FACETS & ~FACET.hasSeveralIdentities;
  let yes = 0;
  let all = 0;
  for (let place = 0; place < misses.length; place += 1) {
    if (((misses[place] ?? 0) & others) !== 0) continue;
    all += 1;
    yes += several[photos[place] ?? 0] ?? 0;
  }
  return { yes, no: all - yes };
};

const histogramOf = (sifted: Sifted, measure: FaceMeasure, { edges, codes }: Bins): Histogram => {
  const counts = countValues(codes, BYTE_VALUES, sifted, FACET[measure]);
  return {
    measure,
    edges: [...edges],
    counts: edges.length === 0 ? [] : Array.from({ length: HISTOGRAM_BINS }, (_, bin) => counts[bin] ?? 0),
    unmeasured: counts[UNMEASURED] ?? 0,
  };
};

/** Counts each facet under the filter without itself, one in a step of some milliseconds. */
export function* facetsInSteps(
  facts: FaceFacts,
  sifted: Sifted,
  bins: (measure: FaceMeasure) => Bins,
): Generator<void, CountedFacets, void> {
  const { columns } = facts;
  const states = countValues(columns.states, BYTE_VALUES, sifted, FACET.states);
  yield;
  const statuses = countValues(facts.fileStatuses(), BYTE_VALUES, sifted, FACET.fileStatuses);
  yield;
  const mostSource = mostOf(columns.sources, columns.count);
  const sources = countValues(columns.sources, mostSource + 1, sifted, FACET.sources);
  yield;
  const isEdited = countFlag(columns.flags, sifted, FLAG.edited, FACET.isEdited);
  yield;
  const isStale = countFlag(columns.flags, sifted, FLAG.stale, FACET.isStale);
  yield;
  const hasSeveralIdentities = countSeveral(facts, sifted);
  const histograms: Histogram[] = [];
  for (const measure of FaceMeasure.options) {
    yield;
    histograms.push(histogramOf(sifted, measure, bins(measure)));
  }
  const fileStatuses: Facets['fileStatuses'] = {};
  FACE_FILE_STATUSES.forEach((status, code) => {
    const count = statuses[code] ?? 0;
    if (count > 0) fileStatuses[status] = count;
  });
  return {
    total: sifted.total,
    states: statesOf(states),
    fileStatuses,
    sources: [...sources.entries()].flatMap(([id, faces]) => (id > 0 && faces > 0 ? [{ id, faces }] : [])),
    isEdited,
    isStale,
    hasSeveralIdentities,
    histograms,
  };
}
