import type { FileProblem } from '../../contract/embedding.ts';
import type { EngineChoice } from '../../contract/engine.ts';
import { embedWorkspace } from '../embeddings/embed-workspace.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import type { VectorKind } from './gather.ts';

/** Makes the vectors that a workspace's faces lack. Gives those that could not be made, and whether any was. @throws the signal's reason */
export const makeMissingVectors = async (
  { host, now }: Studio,
  workspace: Workspace,
  kind: VectorKind,
  choice: EngineChoice,
  hooks: WorkHooks,
): Promise<{ readonly failed: readonly FileProblem[]; readonly embedded: number }> => {
  const engine = await host.acquire({ choice, gpuMemoryFraction: 1, networkCores: 'all' }, hooks.signal);
  try {
    return await embedWorkspace(workspace, { ...kind, engine, output: null, now }, hooks);
  } finally {
    engine.release();
  }
};
