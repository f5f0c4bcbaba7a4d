import * as z from 'zod';
import { EngineInfo, StageSeconds } from './engine.ts';
import { ModelId } from './models.ts';
import { Progress } from './procedure.ts';
import { EmbeddingSummary, VectorCounts } from './workspace-embed.ts';
import { RunSummary } from './run-record.ts';
import { StepNumbers } from './trainer.ts';
import { IngestReport, StatusCounts } from './workspace.ts';

export const JobState = z.enum([
  'queued',
  'running',
  'paused',
  'succeeded',
  'failed',
  'interrupted',
  'cancelled',
]);
export type JobState = z.infer<typeof JobState>;

/** How many photos have each status; they add up to `images`. */
export const Counts = z.strictObject({
  images: z.int(),
  aligned: z.int(),
  noFace: z.int(),
  failed: z.int(),
  skipped: z.int(),
  pending: z.int(),
});
export type Counts = z.infer<typeof Counts>;

export const AlignReport = z.strictObject({
  images: z.int(),
  aligned: z.int(),
  noFace: z.int(),
  failed: z.int(),
  skipped: z.int(),
  /** How many of `images` an earlier run had already done. */
  unchanged: z.int(),
  faces: z.int(),
  crops: z.int(),
  seconds: z.number(),
  imagesPerSecond: z.number(),
  engine: EngineInfo,
  /** Absolute path of the ledger: one JSON line for each input file. */
  ledger: z.string(),
  /** Absolute path of the seed's `bounding_boxes_NNNNN.txt`. */
  boundingBoxes: z.string(),
  /** Seconds spent in each stage, summed over processes. */
  stages: StageSeconds,
});
export type AlignReport = z.infer<typeof AlignReport>;

export const JobAction = z.enum(['pause', 'resume', 'cancel']);
export type JobAction = z.infer<typeof JobAction>;

export const JobLogEntry = z.strictObject({ atMs: z.number(), message: z.string() });
export type JobLogEntry = z.infer<typeof JobLogEntry>;

const JobCommon = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: JobState,
  revision: z.int(),
  progress: Progress,
  /** The stage that limits the rate, in words; null while it cannot be told. */
  limitedBy: z.string().nullable(),
  /** Why it failed, as a sentence; null unless it did. */
  failure: z.string().nullable(),
  /** What can be done with it now. */
  actions: z.array(JobAction),
  /** What happened to it, oldest first; of a long story only the last part. */
  log: z.array(JobLogEntry),
  /** null while it never ran. */
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
});

/** Aligns a folder of photos. */
export const FolderJob = JobCommon.extend({
  kind: z.literal('align'),
  /** The source that it works for; null for a job of the command line. */
  source: z.string().nullable(),
  counts: Counts,
  report: AlignReport.nullable(),
});
export type FolderJob = z.infer<typeof FolderJob>;

/** Aligns what waits in a workspace. */
export const WorkspaceJob = JobCommon.extend({
  kind: z.literal('align-workspace'),
  /** The workspace's folder. */
  workspace: z.string(),
  /** Of all its files, as of the snapshot. */
  counts: StatusCounts,
  report: IngestReport.nullable(),
});
export type WorkspaceJob = z.infer<typeof WorkspaceJob>;

/** Makes the vectors of a workspace's faces. */
export const EmbeddingJob = JobCommon.extend({
  kind: z.literal('embed-workspace'),
  /** The workspace's folder. */
  workspace: z.string(),
  model: ModelId,
  isFlipped: z.boolean(),
  counts: VectorCounts,
  report: EmbeddingSummary.nullable(),
});
export type EmbeddingJob = z.infer<typeof EmbeddingJob>;

/** Trains a run. */
export const TrainingJob = JobCommon.extend({
  kind: z.literal('train'),
  /** The run's folder. */
  run: z.string(),
  /** Whose faces it trains on; null for a folder of class folders. */
  workspace: z.string().nullable(),
  /** Its dataset is written first, face by face; what counts then are steps. */
  stage: z.enum(['preparing', 'training']),
  /** Of the last step; null before the first. */
  numbers: StepNumbers.nullable(),
  report: RunSummary.nullable(),
});
export type TrainingJob = z.infer<typeof TrainingJob>;

/** A whole snapshot on every change; one with a lower revision than the last is old news. */
export const Job = z.discriminatedUnion('kind', [FolderJob, WorkspaceJob, EmbeddingJob, TrainingJob]);
export type Job = z.infer<typeof Job>;
