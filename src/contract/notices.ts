import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { procedure } from './procedure.ts';

/** What to tell somebody who is looking elsewhere. */
export const Notice = z.strictObject({ title: z.string(), body: z.string() });
export type Notice = z.infer<typeof Notice>;

/** What the shells tell when nobody looks at the window. */
export const noticesContract = {
  /** One for each long job that ends from now on, unless the settings say that nobody wants them. */
  watch: procedure.input(z.strictObject({})).output(eventIterator(Notice)),
};
