import type { EmbeddingJob, FolderJob, WorkspaceJob } from '../../contract/jobs.ts';

export type JobHooks = {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
  readonly onLimit: (limitedBy: string | null) => void;
  /** Something that a person may want to read later. */
  readonly onLog: (message: string) => void;
};

/** What a job shows that depends on its kind. */
export type JobDetail =
  | Pick<FolderJob, 'kind' | 'source' | 'counts' | 'report'>
  | Pick<WorkspaceJob, 'kind' | 'workspace' | 'counts' | 'report'>
  | Pick<EmbeddingJob, 'kind' | 'workspace' | 'model' | 'isFlipped' | 'counts' | 'report'>;

/** A job that can be run, as often as it is asked for: what was done is not done again. */
export type JobSpec = {
  readonly id: string;
  readonly title: string;
  /** The folder that it writes to. */
  readonly output: string;
  /** Whether it is remembered when it has ended, over restarts too. */
  readonly isKept: boolean;
  readonly detail: () => JobDetail;
  /** null for a job of earlier whose subject is gone: it cannot be resumed. */
  readonly work: ((hooks: JobHooks) => Promise<void>) | null;
};
