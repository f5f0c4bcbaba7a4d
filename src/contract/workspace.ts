import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { EngineChoice, EngineInfo } from './engine.ts';
import { procedure, workStream } from './procedure.ts';
import { workspaceCareContract } from './workspace-care.ts';
import { workspaceCleaningContract } from './workspace-cleaning.ts';
import { workspaceClustersContract } from './workspace-clusters.ts';
import { workspaceDecisionsContract } from './workspace-decisions.ts';
import { workspaceEmbedContract } from './workspace-embed.ts';
import { workspaceExportContract } from './workspace-export.ts';
import { workspacePurgeContract } from './workspace-purge.ts';
import { EditCommand, EditEffect, HistoryStep, WhenFilesArrive } from './workspace-edits.ts';
import { FaceFilter, FaceSort, FaceSummary } from './workspace-faces.ts';
import { workspaceFaceHistoryContract } from './workspace-face-history.ts';
import { workspaceNoiseContract } from './workspace-noise.ts';
import { workspaceFacetsContract } from './workspace-facets.ts';
import { FileStatus } from './workspace-file-status.ts';
import { Workspace } from './workspace-input.ts';
import { LedgerEntry, workspaceLedgerContract } from './workspace-ledger.ts';
import { workspacePhotoContract } from './workspace-photo.ts';
import { workspaceRecentContract } from './workspace-recent.ts';
import { workspaceSearchContract } from './workspace-search.ts';
import { workspaceSuspectsContract } from './workspace-suspects.ts';

/** How the folders of a source name people; `auto` looks at what is there. */
export const SourceLayoutChoice = z.enum(['auto', 'class-folders', 'lfw', 'vggface2', 'nested', 'flat']);
export type SourceLayoutChoice = z.infer<typeof SourceLayoutChoice>;
export const SourceLayout = SourceLayoutChoice.exclude(['auto']);
export type SourceLayout = z.infer<typeof SourceLayout>;

export const WorkspaceSource = z.strictObject({
  id: z.int(),
  /** Bytes that are not UTF-8 are written as `\xNN`. */
  folder: z.string(),
  layout: SourceLayout,
  isPolled: z.boolean(),
  whenFilesArrive: WhenFilesArrive,
  isOffline: z.boolean(),
});
export type WorkspaceSource = z.infer<typeof WorkspaceSource>;

/** How many files have each status. */
export const StatusCounts = z.record(FileStatus, z.int());
export type StatusCounts = z.infer<typeof StatusCounts>;

/** Something that a person should know about an open workspace. */
export const WorkspaceNotice = z.strictObject({
  /** The source that it is about; null for the whole workspace. */
  source: z.int().nullable(),
  /** A sentence that says what, where and what to do. */
  message: z.string(),
});
export type WorkspaceNotice = z.infer<typeof WorkspaceNotice>;

/** The ledger's totals; the statuses add up to `files`. */
export const WorkspaceStatus = z.strictObject({
  folder: z.string(),
  isReadOnly: z.boolean(),
  files: z.int(),
  statuses: StatusCounts,
  photos: z.int(),
  faces: z.int(),
  identities: z.int(),
  /** Crops that an edit or other settings made stale. */
  staleCrops: z.int(),
  states: z.record(z.string(), z.int()),
  sources: z.array(WorkspaceSource),
  notices: z.array(WorkspaceNotice),
  undo: z.string().nullable(),
  redo: z.string().nullable(),
});
export type WorkspaceStatus = z.infer<typeof WorkspaceStatus>;

/** What a window that follows a workspace is told. */
export const WorkspaceNow = z.strictObject({
  /** Grows with every change of files, faces or decisions: lists that were read before are to be read again. */
  revision: z.int(),
  status: WorkspaceStatus,
});
export type WorkspaceNow = z.infer<typeof WorkspaceNow>;

/** What a scan of a source found. */
export const ScanReport = z.strictObject({
  source: WorkspaceSource,
  added: z.int(),
  changed: z.int(),
  moved: z.int(),
  missing: z.int(),
  unreadable: z.int(),
  files: z.int(),
});
export type ScanReport = z.infer<typeof ScanReport>;

/** What aligning the files of a workspace did. */
export const IngestReport = z.strictObject({
  files: z.int(),
  statuses: StatusCounts,
  faces: z.int(),
  crops: z.int(),
  seconds: z.number(),
  engine: EngineInfo,
});
export type IngestReport = z.infer<typeof IngestReport>;

const Applied = EditEffect.extend({
  /** The step in the history; null when there was nothing to change. */
  sequence: z.int().nullable(),
});
export type Applied = z.infer<typeof Applied>;

/** Everything about workspaces. */
export const workspaceContract = {
  ...workspaceRecentContract,
  ...workspaceLedgerContract,
  ...workspaceFaceHistoryContract,
  ...workspaceNoiseContract,
  ...workspacePhotoContract,
  /** Makes one in a new or empty folder. Gives its real path. */
  create: procedure
    .input(z.strictObject({ folder: z.string() }))
    .output(z.strictObject({ folder: z.string() })),
  /** Opens one at once; for writing, others may only read it meanwhile. `id` stands for it in the addresses of pictures. */
  open: procedure
    .input(
      Workspace.extend({
        access: z.enum(['read', 'write']),
        /** Puts it first among the recent ones; pictures are shown of these alone. */
        isRemembered: z.boolean().default(false),
        /** Watches its sources, and does by itself what their rules say, for as long as it is open for writing. */
        isKeptCurrent: z.boolean().default(true),
      }),
    )
    .output(
      z.strictObject({
        id: z.string(),
        folder: z.string(),
        isReadOnly: z.boolean(),
        /** The name that the history gives to whoever works here. */
        who: z.string(),
      }),
    ),
  /** Closes one that this service opened: its lock is free again. */
  close: procedure.input(Workspace).output(z.void()),
  status: procedure.input(Workspace).output(WorkspaceStatus),
  /** The present state at once, then at most five times a second while it changes; ends when the workspace is closed. */
  watch: procedure.input(Workspace).output(eventIterator(WorkspaceNow)),
  /** Adds a folder and registers its files. */
  addSource: procedure
    .input(
      Workspace.extend({
        folder: z.string(),
        layout: SourceLayoutChoice.default('auto'),
        isPolled: z.boolean().default(false),
        /** Left out: as before, at first `align`. The edit `set-arrival` changes it later. */
        whenFilesArrive: WhenFilesArrive.optional(),
        who: z.string(),
      }),
    )
    .output(ScanReport),
  /** Compares every source with its folder. */
  scan: procedure
    .input(
      Workspace.extend({
        /** A person has said that files which are not there any more are really gone, even all of a folder. */
        isRemovalConfirmed: z.boolean().default(false),
      }),
    )
    .output(z.array(ScanReport)),
  /** Aligns what waits: progress, and the report at the end. Ending the stream stops it; what was done is kept. */
  align: procedure
    .input(Workspace.extend({ engine: EngineChoice.default('auto') }))
    .output(workStream(IngestReport)),
  /** Queues the job that aligns what waits; `jobs` tells of it and stops it. It goes on when nobody listens. */
  startAlign: procedure
    .input(Workspace.extend({ engine: EngineChoice.default('auto') }))
    .output(z.strictObject({ job: z.string() })),
  /** Files with their status, in the order of their ids. */
  files: procedure
    .input(
      Workspace.extend({
        statuses: z.array(FileStatus).optional(),
        after: z.int().nonnegative().default(0),
        limit: z.int().positive().max(10_000).default(1000),
      }),
    )
    .output(z.array(LedgerEntry)),
  faces: procedure
    .input(
      Workspace.extend({
        filter: FaceFilter.default({}),
        sort: FaceSort.prefault({}),
        offset: z.int().nonnegative().default(0),
        limit: z.int().positive().max(10_000).default(1000),
      }),
    )
    .output(z.strictObject({ total: z.int(), revision: z.int(), faces: z.array(FaceSummary) })),
  /** Identities that have faces in the library, by name. */
  identities: procedure
    .input(Workspace)
    .output(z.array(z.strictObject({ id: z.int(), name: z.string(), faces: z.int() }))),
  /** What an edit would change; nothing is changed. */
  preview: procedure.input(Workspace.extend({ command: EditCommand })).output(EditEffect),
  edit: procedure.input(Workspace.extend({ command: EditCommand, who: z.string() })).output(Applied),
  /** Takes the last step back; null when there is none. */
  undo: procedure.input(Workspace.extend({ who: z.string() })).output(HistoryStep.nullable()),
  redo: procedure.input(Workspace.extend({ who: z.string() })).output(HistoryStep.nullable()),
  /** Steps, newest first. */
  history: procedure
    .input(
      Workspace.extend({
        before: z.int().positive().nullable().default(null),
        limit: z.int().positive().max(1000).default(100),
      }),
    )
    .output(z.array(HistoryStep)),
  ...workspaceFacetsContract,
  ...workspaceCareContract,
  ...workspaceExportContract,
  ...workspaceDecisionsContract,
  ...workspacePurgeContract,
  ...workspaceEmbedContract,
  ...workspaceSearchContract,
  clusters: workspaceClustersContract,
  cleaning: workspaceCleaningContract,
  suspects: workspaceSuspectsContract,
};
