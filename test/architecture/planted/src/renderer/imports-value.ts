import { studio } from '../contract/studio.ts';
export const value = studio;
