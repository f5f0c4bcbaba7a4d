import { thing } from './thing.ts';
export const started = thing;
