import { checked } from './thing.test.ts';
export const tested = checked;
