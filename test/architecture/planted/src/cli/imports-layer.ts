import type { Thing } from '../main/thing.ts';
export type Alias = Thing;
