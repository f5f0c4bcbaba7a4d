import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FaceMeasure, type FaceFilter } from '../../contract/workspace-faces.ts';
import { resolveIdentities } from '../../core/dataset/identities.ts';
import { FACE_STATES } from '../edits/fields.ts';
import { binsInSteps, HISTOGRAM_BINS, type Bins } from './bins.ts';
import { createColumns, deriveAll, FLAG, placeFor, UNDECIDED, type FaceColumns } from './columns.ts';
import { countIdentities, facetsInSteps } from './facets.ts';
import { measureColumn, sift, type FaceFacts } from './filter.ts';
import { createGradually } from './kept.ts';
import { createFaceLists } from './lists.ts';
import { createOrders } from './orders.ts';
import {
  FACE_FILE_STATUSES,
  facesPerPhoto,
  fileStatusCodes,
  photosOfSeveralIdentities,
} from './photo-facts.ts';

const binsOf = (columns: FaceColumns, measure: FaceMeasure): Bins =>
  createGradually(() => binsInSteps(columns, measure)).get();

const NAMES = ['', 'Ann', 'bob', 'Cy', 'ann marie'] as const;
const PATHS = ['', 'ann/1.jpg', 'ann/2.jpg', 'bob/x.jpg', 'other/Bob 3.jpg'] as const;
const people = resolveIdentities(
  NAMES.flatMap((name, id) => (id === 0 ? [] : [{ id, name }])),
  { names: new Map(), merges: new Map() },
);
const canonical = Uint32Array.from(NAMES, (_, id) => id);

const value = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(Number.NaN));
const angle = fc.integer({ min: -30, max: 30 });
const face = fc.record({
  photo: fc.integer({ min: 1, max: PATHS.length - 1 }),
  source: fc.integer({ min: 1, max: 3 }),
  label: fc.integer({ min: 0, max: NAMES.length - 1 }),
  state: fc.integer({ min: 0, max: FACE_STATES.length - 1 }),
  isShown: fc.boolean(),
  isEdited: fc.boolean(),
  isStale: fc.boolean(),
  waits: fc.boolean(),
  score: fc.integer({ min: 0, max: 20 }),
  sharpness: value,
  yaw: angle,
});
type DrawnFace = typeof face extends fc.Arbitrary<infer Face> ? Face : never;

const columnsOf = (faces: readonly DrawnFace[]): FaceColumns => {
  const columns = createColumns(faces.length);
  faces.forEach((drawn, index) => {
    const place = placeFor(columns, index + 1);
    columns.photos[place] = drawn.photo;
    columns.sources[place] = drawn.source;
    columns.labels[place] = drawn.label;
    columns.decided[place] = drawn.label === 0 ? UNDECIDED : drawn.label;
    columns.states[place] = drawn.state;
    columns.flags[place] =
      FLAG.presenceDecided |
      FLAG.presenceYes |
      (drawn.isShown ? FLAG.inLibrary : 0) |
      (drawn.isEdited ? FLAG.edited : 0) |
      (drawn.isStale ? FLAG.stale : 0) |
      (drawn.waits ? FLAG.waits : 0);
    columns.scores[place] = drawn.score;
    columns.sharpness[place] = drawn.sharpness;
    columns.exposures[place] = Number.NaN;
    columns.yaws[place] = drawn.yaw;
  });
  deriveAll(columns, canonical);
  return columns;
};

const OFFLINE = 3;

const factsOf = (columns: FaceColumns): FaceFacts => {
  const statuses = fileStatusCodes(columns, facesPerPhoto(columns), new Set([OFFLINE]));
  const several = photosOfSeveralIdentities(columns);
  return {
    columns,
    people,
    fileStatuses: () => statuses,
    severalIdentities: () => several,
    fileTexts: () => ({
      find: (text) => Uint8Array.from(PATHS, (path) => (path.toLowerCase().includes(text) ? 1 : 0)),
    }),
  };
};

const some = <Value>(one: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> => fc.array(one, { maxLength: 3 });
const values = {
  identities: some(fc.integer({ min: 0, max: NAMES.length })),
  states: some(fc.constantFrom(...FACE_STATES)),
  sources: some(fc.integer({ min: 1, max: 4 })),
  fileStatuses: some(fc.constantFrom(...FACE_FILE_STATUSES, 'missing' as const)),
};
const range = fc.record(
  { least: fc.integer({ min: 0, max: 20 }), most: fc.integer({ min: 0, max: 25 }) },
  { requiredKeys: [] },
);
const restricting: fc.Arbitrary<FaceFilter> = fc.record(
  {
    ...values,
    faces: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }),
    exclude: fc.record(values, { requiredKeys: [] }),
    text: fc.constantFrom('', 'ann', 'BOB', '/'),
    name: fc.constantFrom('ann', 'C'),
    ranges: fc.record({ score: range, sharpness: range, yaw: range }, { requiredKeys: [] }),
    isEdited: fc.boolean(),
    isStale: fc.boolean(),
    hasSeveralIdentities: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Most filters take few faces or none: what is seen of many faces needs one that takes all. */
const filter = fc.oneof(fc.constant<FaceFilter>({}), restricting);

/** What is said of a face one at a time, without columns. */
const naiveOf = (faces: readonly DrawnFace[]) => {
  const shown = faces.filter(({ isShown }) => isShown);
  const statusOf = (one: DrawnFace): (typeof FACE_FILE_STATUSES)[number] => {
    if (one.source === OFFLINE) return 'offline';
    if (one.waits) return 'pending';
    return shown.filter(({ photo }) => photo === one.photo).length > 1 ? 'severalFaces' : 'aligned';
  };
  const hasSeveral = (one: DrawnFace): boolean =>
    new Set(shown.filter(({ photo, label }) => photo === one.photo && label !== 0).map(({ label }) => label))
      .size > 1;
  const measureOf = (one: DrawnFace, measure: FaceMeasure): number =>
    measure === 'score'
      ? one.score
      : measure === 'sharpness'
        ? one.sharpness
        : measure === 'yaw'
          ? Math.abs(one.yaw)
          : measure === 'exposure'
            ? Number.NaN
            : 0;
  const takesValues = (one: DrawnFace, wanted: FaceFilter, isWanted: boolean): boolean => {
    const is = <Value>(list: readonly Value[] | undefined, each: Value): boolean =>
      list === undefined || list.includes(each) === isWanted;
    return (
      is(wanted.identities, one.label) &&
      is(wanted.states, FACE_STATES[one.state] ?? 'unreviewed') &&
      is(wanted.sources, one.source) &&
      is(wanted.fileStatuses, statusOf(one))
    );
  };
  const hasText = (one: DrawnFace, wanted: FaceFilter): boolean => {
    const name = one.label === 0 ? null : (NAMES[one.label] ?? '');
    const has = (part: string, text: string | null): boolean =>
      text?.toLowerCase().includes(part.toLowerCase()) ?? false;
    return (
      (wanted.name === undefined || has(wanted.name, name)) &&
      (wanted.text === undefined ||
        wanted.text === '' ||
        has(wanted.text, PATHS[one.photo] ?? '') ||
        has(wanted.text, name))
    );
  };
  const isMeasured = (one: DrawnFace, wanted: FaceFilter): boolean =>
    FaceMeasure.options.every((measure) => {
      const { least = -Infinity, most = Infinity } = wanted.ranges?.[measure] ?? {};
      const measured = measureOf(one, measure);
      return wanted.ranges?.[measure] === undefined || (measured >= least && measured <= most);
    });
  const ids = new Map(faces.map((one, index) => [one, index + 1]));
  const takes = (one: DrawnFace, wanted: FaceFilter): boolean =>
    one.isShown &&
    (wanted.faces === undefined || wanted.faces.includes(ids.get(one) ?? 0)) &&
    takesValues(one, wanted, true) &&
    takesValues(one, wanted.exclude ?? {}, false) &&
    hasText(one, wanted) &&
    isMeasured(one, wanted) &&
    (wanted.isEdited ?? one.isEdited) === one.isEdited &&
    (wanted.isStale ?? one.isStale) === one.isStale &&
    (wanted.hasSeveralIdentities ?? hasSeveral(one)) === hasSeveral(one);
  return {
    statusOf,
    hasSeveral,
    measureOf,
    under: (wanted: FaceFilter) => faces.filter((one) => takes(one, wanted)),
  };
};

const omit = <Whole extends object>(whole: Whole, name: string): Whole =>
  // What is left out is optional in every object that is given here.
  Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name)) as Whole;

/** The filter without what it says of a facet. */
const without = (wanted: FaceFilter, facet: string): FaceFilter => {
  const rest = omit(wanted, facet);
  return rest.exclude === undefined ? rest : { ...rest, exclude: omit(rest.exclude, facet) };
};

const drawn = fc.array(face, { maxLength: 40 });

test('each facet counts what a look at every face under the filter without it counts', () => {
  fc.assert(
    fc.property(drawn, filter, (faces, wanted) => {
      const facts = factsOf(columnsOf(faces));
      const sifted = sift(facts, wanted);
      const counted = createGradually(() =>
        facetsInSteps(facts, sifted, (measure) => binsOf(facts.columns, measure)),
      ).get();
      const { under, statusOf, hasSeveral, measureOf } = naiveOf(faces);
      expect(counted.total).toBe(under(wanted).length);

      const ofStates = under(without(wanted, 'states'));
      for (const [code, state] of FACE_STATES.entries())
        expect(counted.states[state]).toBe(ofStates.filter((one) => one.state === code).length);
      const ofStatuses = under(without(wanted, 'fileStatuses'));
      for (const status of FACE_FILE_STATUSES)
        expect(counted.fileStatuses[status] ?? 0).toBe(
          ofStatuses.filter((one) => statusOf(one) === status).length,
        );
      const ofSources = under(without(wanted, 'sources'));
      for (const id of [1, 2, 3])
        expect(counted.sources.find((source) => source.id === id)?.faces ?? 0).toBe(
          ofSources.filter(({ source }) => source === id).length,
        );
      const identities = countIdentities(facts, sifted);
      const ofIdentities = under(without(wanted, 'identities'));
      for (const id of NAMES.keys())
        expect(identities[id] ?? 0).toBe(ofIdentities.filter(({ label }) => label === id).length);

      const yesAndNo = (all: readonly DrawnFace[], isYes: (one: DrawnFace) => boolean) => ({
        yes: all.filter(isYes).length,
        no: all.filter((one) => !isYes(one)).length,
      });

      expect(counted.isEdited).toEqual(yesAndNo(under(without(wanted, 'isEdited')), (one) => one.isEdited));

      expect(counted.isStale).toEqual(yesAndNo(under(without(wanted, 'isStale')), (one) => one.isStale));

      expect(counted.hasSeveralIdentities).toEqual(
        yesAndNo(under(without(wanted, 'hasSeveralIdentities')), hasSeveral),
      );

      for (const { measure, edges, counts, unmeasured } of counted.histograms) {
        const ranges = omit(wanted.ranges ?? {}, measure);
        const measures = under({ ...wanted, ranges }).map((one) => measureOf(one, measure));
        expect(unmeasured).toBe(measures.filter((each) => Number.isNaN(each)).length);
        const isAny = faces.some((one) => one.isShown && !Number.isNaN(measureOf(one, measure)));
        expect(edges).toHaveLength(isAny ? HISTOGRAM_BINS + 1 : 0);
        counts.forEach((count, bin) => {
          const [from = 0, to = 0] = [edges[bin], edges[bin + 1]];
          const isLast = bin === HISTOGRAM_BINS - 1;
          const isIn = (each: number): boolean =>
            (bin === 0 || each >= from) && (isLast || each < to) && !Number.isNaN(each);
          expect(count, `${measure} from ${String(from)}`).toBe(measures.filter(isIn).length);
        });
      }
    }),
    { numRuns: 500 },
  );
});

test('edges cover every value in the library, and odd values do not squeeze the others', () => {
  const columns = columnsOf(
    Array.from({ length: 5000 }, (_, index) => ({
      photo: 1,
      source: 1,
      label: 0,
      state: 0,
      isShown: true,
      isEdited: false,
      isStale: false,
      waits: false,
      score: index === 17 ? 1_000_000 : index % 100,
      sharpness: 0,
      yaw: 0,
    })),
  );
  const { edges, codes } = binsOf(columns, 'score');
  expect([edges[0], edges[HISTOGRAM_BINS]]).toEqual([0, 1_000_000]);
  expect(edges[HISTOGRAM_BINS - 1]).toBeLessThan(100);
  expect(new Set(codes).size).toBe(HISTOGRAM_BINS);
  // All values the same: none is lost.
  expect(new Set(binsOf(columns, 'sharpness').codes).size).toBe(1);
});

test('lists hold the faces of their filter in order, each at the place that it says', () => {
  fc.assert(
    fc.property(
      drawn,
      filter,
      fc.constantFrom(...FaceMeasure.options),
      fc.boolean(),
      (faces, wanted, by, isDescending) => {
        const facts = factsOf(columnsOf(faces));
        const orders = createOrders(
          () => facts.columns,
          () => people,
        );
        const lists = createFaceLists(() => facts, orders);
        const list = lists.list(wanted, { by, isDescending });
        const all = list.page(0, list.total);
        const taken = naiveOf(faces)
          .under(wanted)
          .map((one) => faces.indexOf(one) + 1);
        expect([...all].sort((a, b) => a - b)).toEqual(taken);
        expect(lists.select(wanted)).toEqual(taken);
        const column = measureColumn(facts.columns, by);
        const keys = all.map((id) => column[id - 1] ?? 0);
        const measured = keys.filter((key) => !Number.isNaN(key));
        // What is not measured stands at the end, whichever way.
        const sign = isDescending ? -1 : 1;
        expect(keys.slice(0, measured.length)).toEqual([...measured].sort((a, b) => sign * (a - b)));
        all.forEach((id, place) => {
          expect(list.placeOf(id)).toBe(place);
          expect(list.page(place, 1)).toEqual([id]);
        });
        for (const id of faces.keys()) if (!taken.includes(id + 1)) expect(list.placeOf(id + 1)).toBeNull();
      },
    ),
    { numRuns: 300 },
  );
});
