import { basename } from 'node:path';
import { isEnded } from '../../core/jobs/transition.ts';
import { cancelIfKnown } from '../align-jobs.ts';
import { failed } from '../failure.ts';
import { follow } from '../streams.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { EmbeddingOutcome, EmbeddingRequest, Standing } from './embeddings.ts';

const SPACING_MS = 200;

type Parts = Pick<Studio, 'jobs' | 'embeddings'>;

const followToEnd = async (
  { jobs }: Parts,
  id: string,
  folder: string,
  { signal, onProgress }: WorkHooks,
): Promise<void> => {
  for await (const { state, progress } of follow(jobs.changes, () => jobs.get(id), {
    spacingMs: SPACING_MS,
    signal,
  })) {
    if (progress.total !== null) onProgress(progress.done, progress.total);
    if (!isEnded(state)) continue;
    if (state === 'succeeded') return;
    if (state === 'failed') throw jobs.error(id);
    throw failed(
      `Somebody stopped the job that embeds the faces of ${basename(folder)}: resume it in Activity, or start again.`,
    );
  }
  signal.throwIfAborted();
};

/** Nobody waits for it any more: it stops, unless somebody wanted it without waiting. */
const leave = async ({ jobs }: Parts, id: string, standing: Standing): Promise<void> => {
  standing.waiting -= 1;
  if (standing.waiting > 0 || standing.isOrdered) return;
  cancelIfKnown(jobs, id);
  // Whoever closes the workspace next must not find it at work.
  await standing.working;
};

/**
 * Has the vectors made that a workspace lacks, by its job, and waits for its end. Who aborts the signal cancels the job, unless others want it too.
 * Not for work that is a job itself: one runs at a time, so it would wait for its own end.
 * @param folder the workspace's real path
 * @throws a failure, also when somebody cancels the job; the signal's reason
 */
export const waitForVectors = async (
  parts: Parts,
  folder: string,
  request: EmbeddingRequest,
  hooks: WorkHooks,
): Promise<EmbeddingOutcome> => {
  const { embeddings } = parts;
  const standing = embeddings.standing(folder, request);
  standing.waiting += 1;
  let id = '';
  try {
    for (;;) {
      id = embeddings.start(folder, request);
      const { asked } = standing;
      await followToEnd(parts, id, folder, hooks);
      // It may have been at its end when it was asked.
      if (standing.answered >= asked && standing.outcome !== null) return standing.outcome;
    }
  } finally {
    await leave(parts, id, standing);
  }
};
