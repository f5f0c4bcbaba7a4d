import * as z from 'zod';
import { EngineChoice } from './engine.ts';
import { ModelId } from './models.ts';
import { OverlapReport } from './pairs.ts';
import { procedure, workStream } from './procedure.ts';
import { DistanceMetric, FarTarget, FoldCount, ProtocolFigures } from './validation.ts';
import { Workspace } from './workspace-input.ts';

/** Longer lists are for the command line: a window holds every distance. */
export const MOST_EVALUATED_PAIRS = 200_000;

/** How the pairs of a list are judged. */
export const EvaluationRules = z.strictObject({
  /** The list of pairs, or the folder of CFP's protocol. It is read once: the evaluation keeps what it says. */
  pairs: z.string(),
  /** null: the model that comes with the program. */
  model: ModelId.nullable(),
  isFlipped: z.boolean(),
  metric: DistanceMetric,
  subtractsMean: z.boolean(),
  folds: FoldCount,
  farTarget: FarTarget,
  missing: z.enum(['wrong', 'skip']),
});
export type EvaluationRules = z.infer<typeof EvaluationRules>;

/** The figures at one state of the workspace. */
export const EvaluationState = z.strictObject({
  /** From 1. */
  number: z.int(),
  atMs: z.number(),
  /** What was done last in the workspace before, as its history says it; null for nothing, or what was removed since. */
  step: z.string().nullable(),
  figures: ProtocolFigures,
  /** The same with the labels that are known otherwise put right; null where none is. */
  corrected: ProtocolFigures.nullable(),
  scored: z.int(),
  missing: z.int(),
  /** Pairs of which the list says another thing than is known of the faces. */
  labelErrors: z.int(),
});
export type EvaluationState = z.infer<typeof EvaluationState>;

/** A list of pairs judged in a workspace, as often as something changed that it hangs on. */
export const Evaluation = z.strictObject({
  id: z.string(),
  /** The name of the list's file. */
  name: z.string(),
  rules: EvaluationRules,
  model: z.strictObject({ id: ModelId, title: z.string(), dimensions: z.int() }),
  unit: z.string(),
  pairs: z.int(),
  same: z.int(),
  different: z.int(),
  /** Whether folds are those of the list. */
  hasOwnFolds: z.boolean(),
  remarks: z.array(z.string()),
  /** The oldest first; never none. Of a long story the first and the last ones. */
  states: z.array(EvaluationState),
});
export type Evaluation = z.infer<typeof Evaluation>;

const MissingPair = z.strictObject({
  /** Its place in the list, from 0. */
  pair: z.int(),
  fold: z.int(),
  line: z.int(),
  reason: z.string(),
});

/** Every pair of an evaluation, beside one another, in the order of the list. */
export const EvaluatedPairs = z.strictObject({
  /** In the unit of the metric, in the fold in which it is tested; null for a pair that is missing. */
  distances: z.array(z.number().nullable()),
  /** 1 for one person, as the list says. */
  same: z.array(z.int()),
  /** From 0. */
  folds: z.array(z.int()),
  /** Of each fold, the threshold with the best accuracy on the others. */
  thresholds: z.array(z.number().nullable()),
  /** Pairs of which another thing is known, by their place. */
  labelErrors: z.array(z.int()),
  /** Pairs that somebody marked as hard, by their place. */
  hard: z.array(z.int()),
  /** Pairs that are missing now, by fold; at most 500. */
  missing: z.array(MissingPair),
  /** Whether the last state is that of the faces as they are now. */
  isCurrent: z.boolean(),
});
export type EvaluatedPairs = z.infer<typeof EvaluatedPairs>;

const PairSide = z.strictObject({
  /** As the list names it. */
  path: z.string(),
  /** The face that stands for it, by id; null where there is none. */
  face: z.int().nullable(),
  /** Its photo, also where no face stands for it; null where the workspace has none. */
  photo: z.int().nullable(),
});

export const EvaluatedPair = z.strictObject({
  /** Its place in the list, from 0. */
  pair: z.int(),
  line: z.int(),
  first: PairSide,
  second: PairSide,
  /** Why it is missing, as a sentence; null where it is not. */
  missing: z.string().nullable(),
});
export type EvaluatedPair = z.infer<typeof EvaluatedPair>;

/** A threshold that a workspace keeps. */
export const KeptThreshold = z.strictObject({
  value: z.number(),
  metric: DistanceMetric,
  model: ModelId,
  isFlipped: z.boolean(),
});
export type KeptThreshold = z.infer<typeof KeptThreshold>;

const OfOne = Workspace.extend({ evaluation: z.string() });

/** Lists of pairs judged in a workspace, and what is wrong with them. */
export const evaluationContract = {
  /** The newest first. */
  list: procedure.input(Workspace).output(z.array(Evaluation)),
  /** Judges a list by the faces that the workspace keeps, and keeps the figures. Vectors that are missing are made first, by the job of it. */
  run: procedure
    .input(Workspace.extend({ rules: EvaluationRules, engine: EngineChoice.default('auto') }))
    .output(workStream(Evaluation)),
  /** Judges the same list again where anything changed that it hangs on: the changed faces are embedded anew, and a state is added. */
  refresh: procedure
    .input(OfOne.extend({ engine: EngineChoice.default('auto') }))
    .output(workStream(Evaluation)),
  /** Every pair at a state. */
  pairs: procedure.input(OfOne.extend({ state: z.int() })).output(EvaluatedPairs),
  /** What some pairs show now, in the order given. */
  describe: procedure
    .input(OfOne.extend({ pairs: z.array(z.int().nonnegative()).max(1000) }))
    .output(z.array(EvaluatedPair)),
  /** The kept faces nearest to one, nearest first, in the unit of the evaluation. */
  nearest: procedure
    .input(OfOne.extend({ face: z.int().positive(), limit: z.int().min(1).max(100) }))
    .output(z.array(z.strictObject({ face: z.int(), distance: z.number() }))),
  /** Says who of the workspace is in a training set too, and what the list gives without its pairs of such people. Writes nothing but vectors. */
  overlap: procedure
    .input(OfOne.extend({ train: z.string(), engine: EngineChoice.default('auto') }))
    .output(workStream(OverlapReport)),
  remove: procedure.input(OfOne).output(z.void()),
  /** The threshold that the workspace keeps; null for none. */
  threshold: procedure.input(Workspace).output(KeptThreshold.nullable()),
  /** Keeps a threshold, or with null none. */
  keepThreshold: procedure.input(Workspace.extend({ threshold: KeptThreshold.nullable() })).output(z.void()),
};
