import * as z from 'zod';
import { EngineChoice, EngineInfo } from './engine.ts';
import { TrainingPlan } from './training.ts';

/** What somebody asks a training for. Classes, reading size and the like are seen in the data. */
export const RunRequest = z.strictObject({
  /** What people call it; null for its number alone. */
  name: z.string().nullable().default(null),
  /** Folder of class folders with aligned images, or of a workspace, whose kept faces are taken by the identities that they bear. */
  dataFolder: z.string(),
  /** null: `runs` in the workspace, or beside the data. */
  logsFolder: z.string().nullable(),
  /** Where checkpoints go; null: into the folder of the runs. */
  modelsFolder: z.string().nullable(),
  /** Without the number of classes, which the data tells. */
  plan: TrainingPlan,
  leastImagesPerClass: z.int().min(0),
  validationRatio: z.number().min(0).lt(1),
  leastValidationImages: z.int().min(0),
  /** Weights to begin with: a safetensors file by the seed's names. */
  pretrained: z.string().nullable(),
  engine: EngineChoice,
  /** Checkpoints that are kept beside the best. */
  keepCheckpoints: z.int().positive(),
});
export type RunRequest = z.infer<typeof RunRequest>;

export const KeptCheckpoint = z.strictObject({
  file: z.string(),
  step: z.int(),
  epoch: z.int(),
  /** Accuracy on held-out images, or of the training where there are none. */
  score: z.number().nullable(),
});
export type KeptCheckpoint = z.infer<typeof KeptCheckpoint>;

export const RunState = z.enum(['running', 'finished', 'stopped', 'failed']);
export type RunState = z.infer<typeof RunState>;

/** `run.json` of a run's folder: what it was made of, and where it stands. */
export const RunRecord = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  name: z.string().nullable().default(null),
  createdAt: z.string(),
  state: RunState,
  /** One sentence on the end, where there is something to say. */
  note: z.string().nullable(),
  plan: TrainingPlan,
  engine: EngineChoice,
  versions: z.strictObject({ studio: z.string(), node: z.string() }),
  /** Of the last start; null before the first. */
  device: EngineInfo.nullable(),
  data: z.strictObject({
    folder: z.string(),
    /** The workspace that the data was taken from; null for a folder that somebody else made. */
    workspace: z.string().nullable().default(null),
    identities: z.int(),
    trainImages: z.int(),
    validationImages: z.int(),
    droppedIdentities: z.int(),
    /** Of `images.jsonl`, which no later start changes. */
    snapshotSha256: z.string(),
  }),
  pretrained: z.string().nullable(),
  checkpointsFolder: z.string(),
  keepCheckpoints: z.int().positive(),
  checkpoints: z.array(KeptCheckpoint),
  best: KeptCheckpoint.nullable(),
  step: z.int(),
  epoch: z.int(),
});
export type RunRecord = z.infer<typeof RunRecord>;

export const RunSummary = z.strictObject({
  run: z.string(),
  folder: z.string(),
  state: RunState,
  note: z.string().nullable(),
  step: z.int(),
  epoch: z.int(),
  best: KeptCheckpoint.nullable(),
  seconds: z.number(),
});
export type RunSummary = z.infer<typeof RunSummary>;
