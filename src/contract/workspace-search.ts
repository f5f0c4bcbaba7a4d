import * as z from 'zod';
import { MOST_PICTURE_BYTES } from '../core/images/brought-picture.ts';
import { EngineChoice } from './engine.ts';
import { procedure, workStream } from './procedure.ts';
import { FaceTile } from './workspace-facets.ts';
import { Workspace } from './workspace-input.ts';

const Count = z.int().nonnegative();
const FaceId = z.int().positive();

const BYTES_IN_BASE64 = 4 / 3;

/** Faces that a search lists. */
const MOST_FOUND = 1000;

/** What faces are looked for that are near to it. */
export const SearchSubject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('face'), face: FaceId }),
  /** Its kept faces; none of them is found. */
  z.strictObject({ kind: z.literal('identity'), identity: z.int().positive() }),
  /** The face in a picture that aligning would choose. `name` is told where something is wrong with it. */
  z.strictObject({
    kind: z.literal('picture'),
    name: z.string(),
    bytes: z.base64().max(Math.ceil(MOST_PICTURE_BYTES * BYTES_IN_BASE64) + 2),
  }),
]);
export type SearchSubject = z.infer<typeof SearchSubject>;

export const FoundFace = z.strictObject({ tile: FaceTile, distance: z.number() });
export type FoundFace = z.infer<typeof FoundFace>;

/** The faces of a workspace that are nearest to what was searched for. */
export const SearchReport = z.strictObject({
  /** Nearest first; null where what is searched for has no vector. */
  found: z.array(FoundFace).nullable(),
  /** Faces that were searched. */
  searched: Count,
  /** Faces among them, listed or not, that lie below the threshold; null without one. */
  closer: Count.nullable(),
  /** Kept faces that were not searched, because they have no vector. */
  waiting: Count,
  /** Distance below which the model takes two faces for one person; null where nobody measured it. */
  threshold: z.number().nullable(),
});
export type SearchReport = z.infer<typeof SearchReport>;

/** Looking for faces by their vectors. */
export const workspaceSearchContract = {
  /**
   * The faces nearest to a face, an identity or a picture: exact, in the unit of the vectors. The distance to an identity, or to another face of it, is
   * the mean of those to its nearest half, at most three. Leaving the stream stops it.
   */
  search: procedure
    .input(
      Workspace.extend({
        /** Left out: the default model. */
        model: z.string().optional(),
        engine: EngineChoice.default('auto'),
        subject: SearchSubject,
        limit: z.int().positive().max(MOST_FOUND),
        /** Vectors that are missing are made before. */
        makesVectors: z.boolean(),
      }),
    )
    .output(workStream(SearchReport)),
};
