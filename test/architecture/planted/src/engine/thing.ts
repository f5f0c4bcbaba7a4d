import { other } from '../core/other.ts';
export type Thing = typeof other;
export const thing: Thing = other;
