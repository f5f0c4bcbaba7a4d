import { thing } from './thing.ts';
export const checked = thing;
