import * as z from 'zod';
import { EngineChoice, EngineInfo } from './engine.ts';
import { ModelId } from './models.ts';
import { procedure, workStream } from './procedure.ts';
import { FoldCount, ProtocolFigures, FarTarget } from './validation.ts';

export const PairGeneration = z.strictObject({
  /** A workspace, or a folder of identities. */
  folder: z.string(),
  /** Absolute; `.txt` gives LFW's own format, `.csv` CSV. */
  output: z.string(),
  folds: z.int().min(1).max(1000),
  /** Pairs of one person in each fold, and as many of two people. */
  pairsOfEachKind: z.int().min(1).max(1_000_000),
  seed: z.int().nonnegative(),
  /** Nobody is in two folds. */
  isIdentityDisjoint: z.boolean(),
  /** For pairs of two people that are hard to tell apart: the nearest of so many random ones. null for random ones. */
  hard: z
    .strictObject({
      candidates: z.int().min(2).max(1000),
      /** null: the model that comes with the program. */
      model: z.string().nullable(),
    })
    .nullable(),
  engine: EngineChoice,
});
export type PairGeneration = z.infer<typeof PairGeneration>;

export const PairGenerationReport = z.strictObject({
  output: z.string(),
  format: z.enum(['lfw', 'csv']),
  pairs: z.int(),
  folds: z.int(),
  seed: z.int(),
  /** Of which pairs could be drawn. */
  people: z.int(),
  pictures: z.int(),
  /** Pictures that are of nobody by name, or for hard pairs have no vector. */
  leftOut: z.int(),
  engine: EngineInfo.nullable(),
});
export type PairGenerationReport = z.infer<typeof PairGenerationReport>;

export const OverlapRequest = z.strictObject({
  /** Workspaces, or folders of identities. */
  train: z.string(),
  test: z.string(),
  model: z.string().nullable(),
  /** Euclidean distance below which two identities are one; null: as likely as that is among so many. */
  threshold: z.number().positive().nullable(),
  /** A list of pairs of the test set, judged with all of them and without those of people who are in both. */
  judged: z.strictObject({ pairs: z.string(), folds: FoldCount, farTarget: FarTarget }).nullable(),
  engine: EngineChoice,
});
export type OverlapRequest = z.infer<typeof OverlapRequest>;

const SetSize = z.strictObject({ people: z.int(), pictures: z.int(), withoutVector: z.int() });

export const OverlapReport = z.strictObject({
  model: ModelId,
  train: SetSize,
  test: SetSize,
  /** Found by both first, then the nearest. */
  overlaps: z.array(
    z.strictObject({
      test: z.string(),
      train: z.string(),
      byName: z.boolean(),
      byFace: z.boolean(),
      /** Euclidean; null where one has no vector. */
      distance: z.number().nullable(),
      /** The nearest pictures of them, of the training set and of the test set. */
      pictures: z.array(z.tuple([z.string(), z.string()])),
    }),
  ),
  /** People of the test set who are in the training set. */
  people: z.int(),
  judged: z
    .strictObject({
      all: ProtocolFigures,
      /** null where no pair is left. */
      disjoint: ProtocolFigures.nullable(),
      pairs: z.int(),
      /** Pairs that show somebody who is in both. */
      leftOut: z.int(),
    })
    .nullable(),
  engine: EngineInfo.nullable(),
});
export type OverlapReport = z.infer<typeof OverlapReport>;

/** Lists of pairs, and what spoils them. */
export const pairsContract = {
  /** Makes a list of pairs and writes it. The same seed gives the same list. */
  generate: procedure.input(PairGeneration).output(workStream(PairGenerationReport)),
  /** Says who of a test set is in a training set too. Writes nothing but vectors that a workspace lacks. */
  overlap: procedure.input(OverlapRequest).output(workStream(OverlapReport)),
};
