import type { FaceTile } from '../../contract/workspace-facets.ts';
import type { SearchReport } from '../../contract/workspace-search.ts';
import type { Sought } from '../search/search.svelte.ts';
import { countOf, formatCount } from './format.ts';

/** What is sought: `Faces like Ann`. */
export const titleOfSearch = (
  sought: Sought,
  tile: FaceTile | null,
  nameOf: (identity: number) => string,
): string => {
  switch (sought.kind) {
    case 'face':
      return `Faces nearest to this face of ${tile?.identity?.name ?? 'nobody'}`;
    case 'identity':
      return `Faces like ${nameOf(sought.identity)}`;
    case 'picture':
      return `Faces like the one in ${sought.picture.name}`;
  }
};

/** How much was found: `12 below the threshold · 13,232 searched`. */
export const factsOfSearch = ({ closer, searched }: SearchReport): string =>
  [
    ...(closer === null ? [] : [`${formatCount(closer)} below the threshold`]),
    `${countOf(searched, 'face')} searched`,
  ].join(' · ');

/** Why nothing was found; null where something was. */
export const nothingOfSearch = (sought: Sought, { found, waiting }: SearchReport): string | null => {
  if (found !== null) return found.length === 0 ? 'There is no other face to find.' : null;
  const what = sought.kind === 'identity' ? 'No face of this identity' : 'This face';
  return waiting > 0
    ? `${what} is ${sought.kind === 'identity' ? '' : 'not '}embedded yet: what it looks like is known when it is.`
    : `${what} has no embedding: it is left out of the dataset, or could not be embedded.`;
};
