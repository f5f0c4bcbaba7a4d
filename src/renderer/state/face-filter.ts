import type { FaceFilter, FaceMeasure, Range } from '../../contract/workspace-faces.ts';

/** Facets of which single values are taken or left out. */
export type ValueFacet = 'identities' | 'states' | 'sources' | 'fileStatuses';
export type ValueOf<Facet extends ValueFacet> = NonNullable<FaceFilter[Facet]>[number];
/** Facets that are yes, no or not asked for. */
export type YesNoFacet = 'isEdited' | 'isStale' | 'hasSeveralIdentities' | 'isChosen' | 'hasCrop';

/** What a click on a value means: it alone; with Shift, it too; with Alt, all but it. */
export type How = 'only' | 'add' | 'exclude';

/** What the keys that are held say of a click. */
export const howOf = (event: { readonly shiftKey: boolean; readonly altKey: boolean }): How =>
  event.altKey ? 'exclude' : event.shiftKey ? 'add' : 'only';

type Values<Facet extends ValueFacet> = readonly ValueOf<Facet>[];

const valuesOf = <Facet extends ValueFacet>(
  from: { readonly [Name in ValueFacet]?: Values<Name> | undefined } | undefined,
  facet: Facet,
): Values<Facet> => from?.[facet] ?? [];

const isEmpty = (value: object): boolean => Object.values(value).every((part) => part === undefined);

/** The filter with these values of a facet taken and left out; none of both does not restrict. */
export const withValues = <Facet extends ValueFacet>(
  filter: FaceFilter,
  facet: Facet,
  taken: Values<Facet>,
  excluded: Values<Facet>,
): FaceFilter => {
  const exclude = { ...filter.exclude, [facet]: excluded.length === 0 ? undefined : [...excluded] };
  return {
    ...filter,
    [facet]: taken.length === 0 ? undefined : [...taken],
    exclude: isEmpty(exclude) ? undefined : exclude,
  };
};

/** Whether a filter takes a value by name, leaves it out by name, or says nothing of it. */
export const standOf = <Facet extends ValueFacet>(
  filter: FaceFilter,
  facet: Facet,
  value: ValueOf<Facet>,
): 'taken' | 'excluded' | 'open' => {
  if (valuesOf(filter, facet).some((other) => other === value)) return 'taken';
  return valuesOf(filter.exclude, facet).some((other) => other === value) ? 'excluded' : 'open';
};

/** The filter after a click on a value. The same click again takes it back. */
export const choose = <Facet extends ValueFacet>(
  filter: FaceFilter,
  facet: Facet,
  value: ValueOf<Facet>,
  how: How,
): FaceFilter => {
  const stand = standOf(filter, facet, value);
  const taken = valuesOf(filter, facet).filter((other) => other !== value);
  const excluded = valuesOf(filter.exclude, facet).filter((other) => other !== value);
  if (how === 'exclude')
    return withValues(filter, facet, taken, stand === 'excluded' ? excluded : [...excluded, value]);
  if (how === 'add')
    return withValues(filter, facet, stand === 'taken' ? taken : [...taken, value], excluded);
  const isAlone = stand === 'taken' && taken.length === 0;
  return withValues(filter, facet, isAlone ? [] : [value], []);
};

/** The filter after a click on a yes-or-no facet. */
export const chooseYesNo = (filter: FaceFilter, facet: YesNoFacet, how: How): FaceFilter => {
  const wanted = how !== 'exclude';
  return { ...filter, [facet]: filter[facet] === wanted ? undefined : wanted };
};

/** The filter with a range of a measure; undefined takes it away. */
export const withRange = (filter: FaceFilter, measure: FaceMeasure, range: Range | undefined): FaceFilter => {
  const ranges = { ...filter.ranges };
  if (range === undefined) Reflect.deleteProperty(ranges, measure);
  else ranges[measure] = range;
  return { ...filter, ranges: isEmpty(ranges) ? undefined : ranges };
};

/** Whether a filter takes everything. */
export const isOpen = (filter: FaceFilter): boolean => isEmpty(filter);
