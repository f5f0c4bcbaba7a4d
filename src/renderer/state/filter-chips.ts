import type { FaceFilter } from '../../contract/workspace-faces.ts';
import {
  describeRange,
  FILE_STATUS_NAMES,
  MEASURES,
  FACE_STATE_NAMES,
  YES_NO_WORDS,
} from '../words/faces.ts';
import { countOf } from '../words/format.ts';
import {
  standOf,
  withRange,
  withValues,
  type ValueFacet,
  type ValueOf,
  type YesNoFacet,
} from './face-filter.ts';

/** One condition of a filter, and the filter without it. */
export type Chip = {
  readonly key: string;
  readonly label: string;
  readonly isExclusion: boolean;
  readonly without: FaceFilter;
};

export type Names = {
  identity(id: number): string;
  source(id: number): string;
};

const YES_NO = Object.keys(YES_NO_WORDS) as readonly YesNoFacet[]; // its own keys, whose type Object.keys forgets

const valueChips = <Facet extends ValueFacet>(
  filter: FaceFilter,
  facet: Facet,
  nameOf: (value: ValueOf<Facet>) => string,
): readonly Chip[] => {
  const taken: readonly ValueOf<Facet>[] = filter[facet] ?? [];
  const excluded: readonly ValueOf<Facet>[] = filter.exclude?.[facet] ?? [];
  return [...taken, ...excluded].map((value) => {
    const isExclusion = standOf(filter, facet, value) === 'excluded';
    const keep = (other: ValueOf<Facet>): boolean => other !== value;
    return {
      key: `${facet} ${String(value)}`,
      label: nameOf(value),
      isExclusion,
      without: withValues(filter, facet, taken.filter(keep), excluded.filter(keep)),
    };
  });
};

/** The conditions of a filter, in a fixed order. */
export const chipsOf = (filter: FaceFilter, names: Names): readonly Chip[] => [
  ...(filter.text === undefined || filter.text === ''
    ? []
    : [
        {
          key: 'text',
          label: `“${filter.text}”`,
          isExclusion: false,
          without: { ...filter, text: undefined },
        },
      ]),
  ...(filter.faces === undefined
    ? []
    : [
        {
          key: 'faces',
          label: `Only ${countOf(filter.faces.length, 'face')} in question`,
          isExclusion: false,
          without: { ...filter, faces: undefined },
        },
      ]),
  ...valueChips(filter, 'sources', (id) => names.source(id)),
  ...valueChips(filter, 'identities', (id) => (id === 0 ? 'Nobody' : names.identity(id))),
  ...valueChips(filter, 'states', (state) => FACE_STATE_NAMES[state]),
  ...valueChips(filter, 'fileStatuses', (status) => FILE_STATUS_NAMES[status]),
  ...MEASURES.flatMap((measure) => {
    const range = filter.ranges?.[measure];
    return range === undefined
      ? []
      : [
          {
            key: measure,
            label: describeRange(measure, range),
            isExclusion: false,
            without: withRange(filter, measure, undefined),
          },
        ];
  }),
  ...YES_NO.flatMap((facet) => {
    const wanted = filter[facet];
    return wanted === undefined
      ? []
      : [
          {
            key: facet,
            label: YES_NO_WORDS[facet][wanted ? 'yes' : 'no'],
            isExclusion: false,
            without: { ...filter, [facet]: undefined },
          },
        ];
  }),
];
