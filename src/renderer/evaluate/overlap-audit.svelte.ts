import type { Evaluation } from '../../contract/evaluation.ts';
import type { OverlapReport } from '../../contract/pairs.ts';
import { RunningWork } from '../state/running-work.svelte.ts';
import type { Workspace } from '../state/workspace.svelte.ts';

/** Who of a workspace is also in a training set, and what a list of pairs gives without them. */
export class OverlapAudit extends RunningWork<OverlapReport> {
  readonly evaluation: Evaluation;
  /** The folder of the training set, or its workspace. */
  readonly train: string;

  constructor(workspace: Workspace, evaluation: Evaluation, train: string) {
    super();
    this.evaluation = evaluation;
    this.train = train;
    const { client, folder } = workspace;
    void this.run((signal) =>
      client.evaluation.overlap({ workspace: folder, evaluation: evaluation.id, train }, { signal }),
    );
  }
}
