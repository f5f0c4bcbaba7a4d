import type { Thing } from '../engine/thing.ts';
export type Alias = Thing;
