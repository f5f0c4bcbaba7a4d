import { plainSearch } from '../../core/neighbours/plain-search.ts';
import type { SearchLoops } from '../../core/neighbours/search-loops.ts';
import { loadAddon } from '../processes/addons.ts';

/** The loops compiled from `native/neighbours.cc`, or those in TypeScript where there are none: the same neighbours, slower. */
export const loadSearchLoops = (): SearchLoops =>
  // Compiled from the source beside this one; test/native holds both to the same neighbours.
  (loadAddon('neighbours') as SearchLoops | null) ?? plainSearch;
