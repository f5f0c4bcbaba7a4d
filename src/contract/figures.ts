import * as z from 'zod';
import { procedure } from './procedure.ts';

/** Charts and reports are text; larger ones are no chart. */
const MOST_CHARACTERS = 64 * 2 ** 20;

/** What a window saves of what it shows. A PNG is drawn of the SVG that `text` holds. */
export const Figure = z.strictObject({
  /** An existing folder, or one to be made; absolute. */
  folder: z.string(),
  /** The file's name without its ending; what no file system takes is replaced. */
  name: z.string().min(1).max(200),
  format: z.enum(['svg', 'png', 'csv', 'html']),
  text: z.string().max(MOST_CHARACTERS),
  /** The workspace that it is about, whose originals it must not lie among; null for none. */
  workspace: z.string().nullable(),
});
export type Figure = z.infer<typeof Figure>;

export const figuresContract = {
  /** Writes a figure under its name, or with a number behind it where there is such a file: nothing is written over. */
  save: procedure.input(Figure).output(z.strictObject({ file: z.string() })),
};
