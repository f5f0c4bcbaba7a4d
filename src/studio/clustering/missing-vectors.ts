import type { FileProblem } from '../../contract/embedding.ts';
import type { EngineChoice } from '../../contract/engine.ts';
import { countVectors } from '../embeddings/read-vectors.ts';
import { waitForVectors } from '../embeddings/wait.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import type { VectorKind } from './gather.ts';

/** Has the vectors made that a workspace's faces lack. Gives those that could not be made, and how many were. @throws the signal's reason */
export const makeMissingVectors = async (
  studio: Studio,
  workspace: Workspace,
  kind: VectorKind,
  choice: EngineChoice,
  hooks: WorkHooks,
): Promise<{ readonly failed: readonly FileProblem[]; readonly embedded: number }> => {
  const { waiting } = await countVectors(workspace, kind);
  if (waiting === 0) return { failed: [], embedded: 0 };
  const request = { ...kind, choice, isKept: false };
  const { embedded, failures } = await waitForVectors(studio, workspace.paths.folder, request, hooks);
  return { embedded, failed: failures.map(({ face, reason }) => ({ file: face.shown, reason })) };
};
