import type { Thing } from '../studio/thing.ts';
export type Alias = Thing;
