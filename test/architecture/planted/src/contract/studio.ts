import { other } from '../core/other.ts';
export const studio = other;
export type Studio = typeof studio;
