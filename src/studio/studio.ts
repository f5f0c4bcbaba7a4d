import type { Owners } from './align/owner.ts';
import type { Desks } from './clustering/desks.ts';
import type { EngineHost } from './engine/host.ts';
import type { Embeddings } from './embeddings/embeddings.ts';
import type { FolderChooser } from './folders.ts';
import type { Recrops } from './ingest/recrops.ts';
import type { Alignments } from './ingest/alignments.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Pictures } from './pictures/pictures.ts';
import type { ProgramSettings } from './settings/settings.ts';
import type { Runs } from './training/runs.ts';
import type { KnownRuns } from './training/known-runs.ts';
import type { Trainings } from './training/training-jobs.ts';
import type { Sources } from './sources/sources.ts';
import type { RecentWorkspaces } from './workspace/recent.ts';
import type { Workspaces } from './workspace/registry.ts';

/** Everything that the service is made of. */
export type Studio = {
  /** The program's data folder. */
  readonly home: string;
  readonly settings: ProgramSettings;
  readonly host: EngineHost;
  readonly owners: Owners;
  readonly jobs: Jobs;
  /** Resolves when the jobs of earlier processes are listed. */
  readonly restored: Promise<void>;
  readonly sources: Sources;
  readonly workspaces: Workspaces;
  readonly recent: RecentWorkspaces;
  readonly recrops: Recrops;
  /** The jobs that align workspaces. */
  readonly alignments: Alignments;
  /** Vectors of open workspaces, at hand for their clusters. */
  readonly desks: Desks;
  /** The jobs that make the vectors of workspaces. */
  readonly embeddings: Embeddings;
  readonly runs: Runs;
  readonly knownRuns: KnownRuns;
  /** The jobs that train runs. */
  readonly trainings: Trainings;
  readonly pictures: Pictures;
  readonly folders: FolderChooser;
  /** Folder into which the sample photos are copied. */
  readonly samplesFolder: string;
  readonly now: () => number;
  readonly random: () => number;
};
