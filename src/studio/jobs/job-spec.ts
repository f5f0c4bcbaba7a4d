import type { EmbeddingJob, FolderJob, TrainingJob, WorkspaceJob } from '../../contract/jobs.ts';

export type JobHooks = {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
  /** What is counted from now on is something else, of which so much was done before: progress begins anew. */
  readonly onStage: (done: number, total: number) => void;
  readonly onLimit: (limitedBy: string | null) => void;
  /** Something that a person may want to read later. */
  readonly onLog: (message: string) => void;
};

/** What a job shows that depends on its kind. */
export type JobDetail =
  | Pick<FolderJob, 'kind' | 'source' | 'counts' | 'report'>
  | Pick<WorkspaceJob, 'kind' | 'workspace' | 'counts' | 'report'>
  | Pick<EmbeddingJob, 'kind' | 'workspace' | 'model' | 'isFlipped' | 'counts' | 'report'>
  | Pick<TrainingJob, 'kind' | 'run' | 'workspace' | 'stage' | 'numbers' | 'report'>;

/** A job that can be run, as often as it is asked for: what was done is not done again. */
export type JobSpec = {
  readonly id: string;
  readonly title: string;
  /** Jobs of one lane run one after the other, those of different lanes side by side; left out, that of the engine's work. */
  readonly lane?: 'training';
  /** The folder that it writes to. */
  readonly output: string;
  /** Whether it is remembered when it has ended, over restarts too. */
  readonly isKept: boolean;
  readonly detail: () => JobDetail;
  /** null for a job of earlier whose subject is gone: it cannot be resumed. */
  readonly work: ((hooks: JobHooks) => Promise<void>) | null;
};
