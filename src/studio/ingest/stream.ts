import type { EngineChoice } from '../../contract/engine.ts';
import type { WorkEvent } from '../../contract/procedure.ts';
import type { IngestReport } from '../../contract/workspace.ts';
import { isEnded } from '../../core/jobs/transition.ts';
import { cancelIfKnown } from '../align-jobs.ts';
import { follow } from '../streams.ts';
import type { Studio } from '../studio.ts';

const SPACING_MS = 200;

/**
 * Aligns what waits in a workspace, as its job: progress, and the report at the end. Leaving the stream cancels the job.
 * @param folder the workspace's real path
 * @throws a failure
 */
export async function* streamIngest(
  studio: Studio,
  folder: string,
  choice: EngineChoice,
  signal?: AbortSignal,
): AsyncGenerator<WorkEvent<IngestReport>, void, void> {
  const { jobs, alignments } = studio;
  const id = alignments.start(folder, { scope: 'all', choice, isKept: false });
  try {
    for await (const job of follow(jobs.changes, () => jobs.get(id), { spacingMs: SPACING_MS, signal })) {
      if (job.kind !== 'align-workspace') throw new Error(`The job ${id} aligns no workspace.`);
      if (!isEnded(job.state)) {
        yield { kind: 'progress', progress: job.progress };
        continue;
      }
      if (job.state === 'failed') throw jobs.error(id);
      if (job.report !== null) yield { kind: 'report', report: job.report };
      return;
    }
  } finally {
    cancelIfKnown(jobs, id);
    // Whoever closes the workspace next must not find it at work.
    await alignments.settled(folder);
  }
}
