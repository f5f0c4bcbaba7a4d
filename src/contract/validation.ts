import * as z from 'zod';
import { EngineChoice, EngineInfo } from './engine.ts';
import { procedure, workStream } from './procedure.ts';

export const DistanceMetric = z.enum(['squared-euclidean', 'angle']);
export type DistanceMetric = z.infer<typeof DistanceMetric>;

/** What a pair without a face or file does to the figures: counts as a wrong answer at every threshold, is left out, or ends the work. */
export const MissingPolicy = z.enum(['wrong', 'skip', 'fail']);
export type MissingPolicy = z.infer<typeof MissingPolicy>;

/** Where the embeddings of the pictures come from. */
export const VectorSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('model'),
    /** null: the model that comes with the program. */
    model: z.string().nullable(),
    /** A row is the vector of the crop followed by that of its mirror image, as in the seed. */
    isFlipped: z.boolean(),
    /** Fixed standardisation instead of the model's own; null: the model's own. */
    standardisation: z.literal('fixed').nullable(),
  }),
  z.strictObject({
    kind: z.literal('file'),
    /** A `.npy` of [files, dimensions]; which file each row is, stands in the `.json` or `.txt` of the same name beside it. */
    file: z.string(),
  }),
]);
export type VectorSource = z.infer<typeof VectorSource>;

export const FoldCount = z.int().min(2).max(1000);
export const FarTarget = z.number().gt(0).lt(1);

export const ValidationRequest = z.strictObject({
  /** Crops, photos or a workspace; null where the embeddings come from a file. */
  folder: z.string().nullable(),
  /** A list of pairs, or the folder of CFP's protocol. */
  pairs: z.string(),
  vectors: VectorSource,
  metric: DistanceMetric,
  subtractsMean: z.boolean(),
  folds: FoldCount,
  farTarget: FarTarget,
  missing: MissingPolicy,
  /** `exact`: every distance that occurs is tried. `facenet`: the seed's grids. */
  method: z.enum(['exact', 'facenet']),
  engine: EngineChoice,
});
export type ValidationRequest = z.infer<typeof ValidationRequest>;

const Rate = z.number().nullable();
/** Both ends of a 95 % interval. */
const RateInterval = z.tuple([z.number(), z.number()]).nullable();

const NamedPair = {
  /** From 1. */
  fold: z.int(),
  /** Of the list of pairs, from 1. */
  line: z.int(),
  first: z.string(),
  second: z.string(),
  same: z.boolean(),
};

export const MissingPair = z.strictObject({ ...NamedPair, reason: z.string() });
export type MissingPair = z.infer<typeof MissingPair>;

export const WrongPair = z.strictObject({
  ...NamedPair,
  distance: z.number(),
  /** Of its fold. */
  threshold: z.number(),
});
export type WrongPair = z.infer<typeof WrongPair>;

/** What the protocol gives; a rate is null where there is no pair of its kind. */
export const ProtocolFigures = z.strictObject({
  accuracy: z.strictObject({ mean: Rate, std: Rate, folds: z.array(Rate) }),
  val: z.strictObject({
    mean: Rate,
    std: Rate,
    /** What the thresholds chosen for `target` accept of different people in the folds that they were not chosen on. */
    far: Rate,
    target: z.number(),
    /** Where VAL at a FAR of exactly `target` lies. */
    interval: RateInterval,
    farInterval: RateInterval,
    folds: z.array(z.strictObject({ val: Rate, far: Rate, threshold: Rate })),
  }),
  auc: Rate,
  eer: Rate,
});
export type ProtocolFigures = z.infer<typeof ProtocolFigures>;

export const ValidationReport = ProtocolFigures.extend({
  /** Of each fold, the one with the best accuracy on the others, in the unit of `metric`. */
  thresholds: z.array(Rate),
  metric: z.strictObject({ name: DistanceMetric, unit: z.string() }),
  method: z.enum(['exact', 'facenet']),
  pairs: z.strictObject({
    scored: z.int(),
    missing: z.int(),
    policy: MissingPolicy,
    same: z.int(),
    different: z.int(),
    /** Whether folds are those of the list, or were made: consecutive pairs, of each kind alone where the method is `exact`. */
    folds: z.enum(['list', 'made']),
    missingPairs: z.array(MissingPair),
  }),
  wrongPairs: z.strictObject({
    total: z.int(),
    /** The most wrong first; at most 1,000. */
    worst: z.array(WrongPair),
  }),
  /** What a reader of the figures must know, as sentences. */
  remarks: z.array(z.string()),
  model: z.strictObject({ id: z.string().nullable(), dimensions: z.int() }),
  engine: EngineInfo.nullable(),
});
export type ValidationReport = z.infer<typeof ValidationReport>;

export const validationContract = {
  /** Judges pairs by the LFW protocol, making the embeddings of their pictures first. Writes nothing. */
  run: procedure.input(ValidationRequest).output(workStream(ValidationReport)),
};
