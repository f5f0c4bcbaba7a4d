import type { Studio } from '../contract/studio.ts';
export type Thing = Studio;
