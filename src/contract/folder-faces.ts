import * as z from 'zod';
import { EngineChoice } from './engine.ts';

/** Where faces and their vectors are: a folder of identities, and rows of a NumPy file for its files. */
export const EmbeddedFolder = z.strictObject({
  /** Folder of identities: `<identity>/<file>`. */
  folder: z.string(),
  /** A `.npy` file [faces, dimensions] float32. */
  embeddings: z.string(),
  /** A file that names the file of each row, relative to the folder: lines, or JSON with `files`. Left out: that beside the embeddings. */
  files: z.string().nullable(),
});
export type EmbeddedFolder = z.infer<typeof EmbeddedFolder>;

/** The faces of a folder: those of a table of vectors, or all of its crops or photos, which a model embeds first. */
export const FacesOfFolder = z.discriminatedUnion('kind', [
  EmbeddedFolder.extend({ kind: z.literal('vectors') }),
  z.strictObject({
    kind: z.literal('model'),
    folder: z.string(),
    /** Left out: the default model. */
    model: z.string().optional(),
    isFlipped: z.boolean(),
    engine: EngineChoice,
  }),
]);
export type FacesOfFolder = z.infer<typeof FacesOfFolder>;
