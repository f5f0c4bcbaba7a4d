import type { Thing } from '../node/thing.ts';
export type Alias = Thing;
