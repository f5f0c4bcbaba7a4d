import type {
  CentreFilterReport,
  CentreMetricsReport,
  CleaningReport,
  Lacking,
} from '../../contract/cleaning.ts';
import type { Filtered } from '../../core/cleaning/centre-filter.ts';
import { namedReferences, type Names } from './names.ts';
import type { Centred, Labels, Ranked } from './rank.ts';

type Report<Queue> = Extract<CleaningReport, { readonly queue: Queue }>;
type Items<Queue> = Report<Queue>['items'];

const mislabels = (names: Names, { items }: Ranked<'mislabels'>): Items<'mislabels'> =>
  items.map(({ face, identity, kind, isSure, score, own, other, proposed }) => ({
    face: names.face(face),
    file: names.file(face),
    identity: names.identity(identity),
    kind,
    score,
    evidence: {
      isSure,
      own: namedReferences(names, own),
      other:
        other === null
          ? null
          : { identity: names.identity(other.identity), faces: namedReferences(names, other.references) },
    },
    proposed:
      proposed === null ? null : { identity: names.identity(proposed.identity), distance: proposed.distance },
  }));

const duplicates = (
  names: Names,
  { identityOf }: Labels,
  { items }: Ranked<'duplicates'>,
): Items<'duplicates'> => {
  const identity = (face: number): string => names.identity(identityOf[face] ?? -1);
  return items.map(({ kind, place, faces: [first, second], distance, proposed }) => {
    // The item is that face of which something is proposed.
    const [face, other] = proposed?.face === second ? [second, first] : [first, second];
    const of = (at: number) => ({ face: names.face(at), file: names.file(at), identity: identity(at) });
    return {
      ...of(face),
      kind,
      score: distance,
      evidence: { ...of(other), distance, place },
      proposed: proposed === null ? null : { identity: names.identity(proposed.identity), distance },
    };
  });
};

const identities = (names: Names, { items }: Ranked<'identities'>): Items<'identities'> =>
  items.map(({ identities: [a, b], distance, score, looksLikeOne, evidence: pairs }) => ({
    identities: [names.identity(a), names.identity(b)],
    distance,
    score,
    evidence: {
      looksLikeOne,
      pairs: pairs.map(({ faces: [x, y], distance: between }) => ({
        files: [names.file(x), names.file(y)],
        distance: between,
      })),
    },
  }));

const mixed = (names: Names, { items }: Ranked<'mixed'>): Items<'mixed'> =>
  items.map(({ identity, distance, looksLikeTwo, groups: [rest, split] }) => ({
    identity: names.identity(identity),
    distance,
    evidence: { looksLikeTwo },
    split: split.map(names.file),
    rest: rest.map(names.file),
  }));

/** The faces that a report is about. */
export type About = { readonly names: Names; readonly labels: Labels; readonly lacking: Lacking };

/** A queue with files and names for its numbers. */
export const cleaningReport = (ranked: Ranked, { names, labels, lacking }: About): CleaningReport => {
  const about = { total: ranked.total, ...lacking };
  switch (ranked.queue) {
    case 'mislabels':
      return { queue: ranked.queue, ...about, items: mislabels(names, ranked) };
    case 'duplicates':
      return { queue: ranked.queue, ...about, items: duplicates(names, labels, ranked) };
    case 'identities':
      return { queue: ranked.queue, ...about, items: identities(names, ranked) };
    case 'mixed':
      return { queue: ranked.queue, ...about, items: mixed(names, ranked) };
  }
};

/** How far each face is from the centre of its identity. */
export const centreMetricsReport = (
  { distances, histogram }: Centred,
  { names, labels: { identityOf }, lacking }: About,
): CentreMetricsReport => ({
  ...lacking,
  faces: [...distances.entries()].flatMap(([face, distance]) => {
    const identity = identityOf[face] ?? -1;
    return identity < 0 ? [] : [{ file: names.file(face), identity: names.identity(identity), distance }];
  }),
  histogram: { ...histogram, counts: [...histogram.counts] },
});

/** What a filter leaves out. */
export const centreFilterReport = (
  { stays, thresholdDistance, identitiesLeft }: Filtered,
  { names, labels: { identityOf, takesPart }, lacking }: About,
): CentreFilterReport => {
  const places = [...stays.keys()].filter((place) => takesPart?.[place] !== 0);
  const removed = places.filter((place) => stays[place] === 0);
  return {
    ...lacking,
    thresholdDistance,
    faces: places.length,
    facesLeft: places.length - removed.length,
    identities: new Set(identityOf.filter((identity) => identity >= 0)).size,
    identitiesLeft,
    removed: removed.map(names.file),
  };
};
