import * as z from 'zod';

const FaceId = z.int().positive();
const IdentityId = z.int().positive();

/** An identity beside another one, and the ids of faces that stand for it, the most typical first. */
const IdentitySide = z.strictObject({
  identity: IdentityId,
  /** All its kept faces. */
  total: z.int().positive(),
  faces: z.array(FaceId).min(1),
});

/** Two identities that may be one person, the one with more faces first. Distances are in the unit of the vectors. */
export const IdentityPair = z.strictObject({
  sides: z.tuple([IdentitySide, IdentitySide]),
  /** How far the middle face of the smaller one is from the larger one. */
  distance: z.number(),
  /** By how much they are nearer to one another than to those around them. */
  score: z.number(),
  /** True when they are likelier one person than two, out of all that each could be. */
  isSure: z.boolean(),
  /** The nearest faces, each a face of the first and one of the second. */
  closest: z.array(z.strictObject({ faces: z.tuple([FaceId, FaceId]), distance: z.number() })),
});
export type IdentityPair = z.infer<typeof IdentityPair>;
