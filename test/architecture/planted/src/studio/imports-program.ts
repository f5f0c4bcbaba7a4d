import { started } from './index.ts';
export const program = started;
