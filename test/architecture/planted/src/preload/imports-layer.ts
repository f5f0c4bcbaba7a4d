import type { Thing } from '../core/thing.ts';
export type Alias = Thing;
