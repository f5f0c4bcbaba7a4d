import { eventIterator, type ContractRouterClient } from '@orpc/contract';
import * as z from 'zod';
import { cleaningContract } from './cleaning.ts';
import { clusteringContract } from './clustering.ts';
import { EngineChoice, EngineInfo } from './engine.ts';
import { AlignSettings, Conversion, DetectSettings, Face, PhotoStatus, Reason } from './faces.ts';
import { Counts, FolderJob, Job } from './jobs.ts';
import { procedure, Progress } from './procedure.ts';
import { runsContract } from './runs.ts';
import { noticesContract } from './notices.ts';
import { settingsContract } from './settings.ts';
import { evaluationContract } from './evaluation.ts';
import { embeddingContract } from './embedding.ts';
import { figuresContract } from './figures.ts';
import { modelsContract } from './models.ts';
import { pairsContract } from './pairs.ts';
import { validationContract } from './validation.ts';
import { workspaceContract } from './workspace.ts';

export * from './jobs.ts';
export { Progress } from './procedure.ts';

/** A folder of photos that somebody opened, and where its crops go. */
export const Source = z.strictObject({
  id: z.string(),
  name: z.string(),
  folder: z.string(),
  output: z.string(),
  settings: AlignSettings,
  isSample: z.boolean(),
});
export type Source = z.infer<typeof Source>;

/** A folder that may be opened, and what it would be aligned with when nobody says otherwise. */
export const FolderPlan = z.strictObject({
  name: z.string(),
  folder: z.string(),
  /** True for a source that is open already: `settings` are its own. */
  isOpen: z.boolean(),
  settings: AlignSettings,
  /** What the program recommends, whatever somebody made the default. */
  recommended: AlignSettings,
});
export type FolderPlan = z.infer<typeof FolderPlan>;

export const Photo = z.strictObject({
  /** Stable within a source: its place in the sorted list of files. */
  id: z.int().nonnegative(),
  /** Relative to the source's folder. */
  file: z.string(),
  /** The folder that the photo lies in, relative to the source; empty for a photo of the folder itself. */
  identity: z.string(),
  status: PhotoStatus,
  reason: Reason,
  widthPx: z.int().nullable(),
  heightPx: z.int().nullable(),
  conversions: z.array(Conversion),
  faces: z.array(Face),
  chosen: z.int().nullable(),
  /** For each crop the index of its face. */
  crops: z.array(z.int()),
  /** Changes when the picture or its crops do; part of a picture's address, so that caches never show an old one. */
  version: z.string(),
});
export type Photo = z.infer<typeof Photo>;

export const PhotoFilter = z.strictObject({
  /** Empty means every status. */
  statuses: z.array(PhotoStatus).default([]),
  /** Part of the file's path, any case. */
  search: z.string().default(''),
});
export type PhotoFilter = z.infer<typeof PhotoFilter>;

export const PhotoSort = z.enum(['file', 'score-ascending', 'score-descending', 'faces-descending']);
export type PhotoSort = z.infer<typeof PhotoSort>;

export const FolderEntry = z.strictObject({ name: z.string(), path: z.string() });
export type FolderEntry = z.infer<typeof FolderEntry>;

/** Of files that a window without its own file dialog may choose. */
export const FileEnding = z.enum(['.jsonl', '.txt', '.csv']);
export type FileEnding = z.infer<typeof FileEnding>;

export const EngineState = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('starting') }),
  z.strictObject({ state: z.literal('ready'), info: EngineInfo }),
  z.strictObject({ state: z.literal('failed'), reason: z.string(), advice: z.string() }),
]);
export type EngineState = z.infer<typeof EngineState>;

const PictureSize = z.union([z.literal(320), z.literal(1600), z.literal(4096)]);

/** Which picture: a photo whole, or the crop of one of its faces; of a source, or of a workspace. `sizePx` bounds its longer side. */
export const PictureRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('photo'),
    source: z.string(),
    photo: z.int().nonnegative(),
    sizePx: PictureSize,
  }),
  z.strictObject({
    kind: z.literal('crop'),
    source: z.string(),
    photo: z.int().nonnegative(),
    face: z.int().nonnegative(),
  }),
  z.strictObject({
    kind: z.literal('workspace-photo'),
    workspace: z.string(),
    photo: z.int().nonnegative(),
    sizePx: PictureSize,
  }),
  z.strictObject({ kind: z.literal('workspace-face'), workspace: z.string(), face: z.int().nonnegative() }),
]);
export type PictureRequest = z.infer<typeof PictureRequest>;

/** Everything that the window, the browser and the command line may ask of the studio service. There is no other way in. */
export const studioContract = {
  engine: {
    /** Starts the engine when none runs, and describes it. */
    describe: procedure.input(z.strictObject({ choice: EngineChoice.default('auto') })).output(EngineInfo),
    /** The present state at once, then each change. */
    watch: procedure.input(z.strictObject({})).output(eventIterator(EngineState)),
  },
  folders: {
    /** The folders under which a window without its own file dialog may choose. */
    roots: procedure.input(z.strictObject({})).output(z.array(FolderEntry)),
    list: procedure
      .input(z.strictObject({ path: z.string(), endings: z.array(FileEnding).default([]) }))
      .output(
        z.strictObject({
          path: z.string(),
          /** null at a root. */
          parent: z.string().nullable(),
          folders: z.array(FolderEntry),
          /** Image files that lie in the folder itself. */
          images: z.int(),
          /** Files in it whose names end in one of the ways asked for. */
          files: z.array(FolderEntry),
        }),
      ),
  },
  samples: {
    describe: procedure
      .input(z.strictObject({}))
      .output(z.strictObject({ photos: z.int(), licence: z.string() })),
    /** Opens the sample photos as a source and starts to align them. */
    open: procedure.input(z.strictObject({})).output(Source),
  },
  sources: {
    /** Most recently opened first. */
    list: procedure.input(z.strictObject({})).output(z.array(Source)),
    /** Looks at a folder before it is opened. */
    plan: procedure.input(z.strictObject({ folder: z.string() })).output(FolderPlan),
    /**
     * Opens a folder and starts to align it; what an earlier run with the same settings did is kept. Other settings than before take
     * the place of those before: their job is cancelled, their crops stay where they are.
     */
    open: procedure
      .input(
        z.strictObject({
          folder: z.string(),
          /** Left out: those of the open source, else the default. */
          settings: AlignSettings.optional(),
          /** Makes these settings the default of folders that are opened later. */
          asDefault: z.boolean().default(false),
        }),
      )
      .output(Source),
    /** Forgets a source. Photos and crops stay where they are. */
    close: procedure.input(z.strictObject({ source: z.string() })).output(z.void()),
  },
  photos: {
    /** A page of a source's photos. `revision` tells the state of the list that the page was cut from. */
    list: procedure
      .input(
        z.strictObject({
          source: z.string(),
          filter: PhotoFilter,
          sort: PhotoSort.default('file'),
          offset: z.int().nonnegative(),
          limit: z.int().positive().max(1000),
        }),
      )
      .output(z.strictObject({ total: z.int(), revision: z.int(), photos: z.array(Photo) })),
    get: procedure.input(z.strictObject({ source: z.string(), photo: z.int().nonnegative() })).output(Photo),
    /** The counts at once, then at most five times a second while they change; ends when the source is closed or opened anew with other settings. */
    watch: procedure
      .input(z.strictObject({ source: z.string() }))
      .output(eventIterator(z.strictObject({ revision: z.int(), counts: Counts }))),
  },
  pictures: {
    /**
     * Makes sure that a picture lies in the cache and says where. For the shells, which stream the file to their window;
     * windows ask by `studio-image:` address and never see a path.
     */
    locate: procedure
      .input(PictureRequest)
      .output(z.strictObject({ file: z.string(), mimeType: z.string() })),
  },
  jobs: {
    /** Every job at once, then each job that changes, at most ten times a second for each. */
    watch: procedure.input(z.strictObject({})).output(eventIterator(Job)),
    cancel: procedure.input(z.strictObject({ job: z.string() })).output(z.void()),
    /** Stops a job that runs or waits until somebody resumes it; what was done is kept. */
    pause: procedure.input(z.strictObject({ job: z.string() })).output(z.void()),
    /** Takes up a paused, cancelled, failed or interrupted job again; what was done is kept. */
    resume: procedure.input(z.strictObject({ job: z.string() })).output(z.void()),
  },
  settings: settingsContract,
  notices: noticesContract,
  workspace: workspaceContract,
  cleaning: cleaningContract,
  models: modelsContract,
  embedding: embeddingContract,
  validate: validationContract,
  pairs: pairsContract,
  evaluation: evaluationContract,
  figures: figuresContract,
  clustering: clusteringContract,
  runs: runsContract,
  align: {
    /** Aligns `input` into `output`: a snapshot on each change, the last one final. Ending the stream cancels the job. */
    run: procedure
      .input(
        z.strictObject({
          input: z.string(),
          output: z.string(),
          settings: AlignSettings,
          engine: EngineChoice.default('auto'),
          /** Work through the photos in this order; the results are the same. */
          order: z.enum(['sorted', 'random']).default('sorted'),
          /** Share of the GPU's memory that TensorFlow may take. */
          gpuMemoryFraction: z.number().gt(0).max(1).default(1),
        }),
      )
      .output(eventIterator(FolderJob)),
  },
  detect: {
    /** Finds the faces of photos and of folders of photos, in the order given; writes nothing. */
    run: procedure
      .input(
        z.strictObject({
          paths: z.array(z.string()).min(1),
          detect: DetectSettings,
          engine: EngineChoice.default('auto'),
        }),
      )
      .output(
        eventIterator(
          z.discriminatedUnion('kind', [
            z.strictObject({ kind: z.literal('progress'), progress: Progress }),
            z.strictObject({
              kind: z.literal('image'),
              /** As given, or for a folder that folder joined with the relative path. */
              file: z.string(),
              status: z.enum(['faces', 'noFace', 'failed', 'skipped']),
              reason: Reason.nullable(),
              widthPx: z.int().nullable(),
              heightPx: z.int().nullable(),
              faces: z.array(Face),
            }),
            z.strictObject({ kind: z.literal('engine'), engine: EngineInfo }),
          ]),
        ),
      ),
  },
};
export type StudioClient = ContractRouterClient<typeof studioContract>;
