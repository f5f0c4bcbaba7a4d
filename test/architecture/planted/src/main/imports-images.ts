import { thing } from '../node/thing.ts';
export const decoder = thing;
