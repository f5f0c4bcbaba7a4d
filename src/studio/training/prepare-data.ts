import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KEPT_STATES } from '../embeddings/kept-faces.ts';
import type { EngineHost } from '../engine/host.ts';
import { exportWorkspace } from '../exports/export.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Workspaces } from '../workspace/registry.ts';
import type { BegunRun } from './run-request.ts';

export type DataParts = {
  readonly workspaces: Workspaces;
  readonly host: EngineHost;
  readonly now: () => number;
};

/** Where the faces lie that a run of a workspace trains on: among its exports, so that whoever removes a person finds them there. */
const dataFolderOf = (workspace: string, id: string): string => join(workspace, 'exports', `run-${id}`);

/**
 * The class folders that a run trains on. Of a workspace its kept faces are written there, by the identities that they bear now: links to
 * its crops, so that no later edit changes what a run saw.
 * @throws UNUSABLE or FAILED where they cannot be written, the signal's reason
 */
export const prepareData = async (
  { request, workspace, id }: BegunRun,
  { workspaces, host, now }: DataParts,
  hooks: WorkHooks,
): Promise<string> => {
  if (workspace === null) return request.dataFolder;
  const folder = dataFolderOf(workspace, id);
  // What a process left that ended between the last face and the first step.
  await rm(folder, { recursive: true, force: true });
  const settings = { folder, sizePx: null, isLinked: true, states: [...KEPT_STATES] };
  await workspaces.use(workspace, 'read', (opened) =>
    opened.whileOpen((ended) =>
      exportWorkspace(
        opened,
        { settings, host, now },
        { ...hooks, signal: AbortSignal.any([hooks.signal, ended]) },
      ),
    ),
  );
  return folder;
};
