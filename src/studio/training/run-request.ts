import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { RunRequest } from '../../contract/runs.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import { isFailure, systemCode, unusable, writeFailure } from '../failure.ts';
import { findWorkspace } from '../workspace/open.ts';

const REQUEST_FILE = 'request.json';

/** What a run was asked for, kept from the moment that somebody asked: a run that was cut off before its first step begins with it. */
export const BegunRun = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  createdAt: z.string(),
  request: RunRequest,
  /** Real path of the workspace that the data is taken from; null for a folder of class folders. */
  workspace: z.string().nullable(),
  checkpointsFolder: z.string(),
});
export type BegunRun = z.infer<typeof BegunRun>;

/** The moment and something random, so that runs sort by age and never meet. */
const idAt = (milliseconds: number): string => {
  const moment = new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${moment}-${randomBytes(2).toString('hex')}`;
};

/** The real path of the workspace in a folder; null where it holds none. */
export const workspaceIn = async (folder: string): Promise<string | null> => {
  try {
    return (await findWorkspace(folder)).folder;
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
};

/** Where the runs of a request go. */
export const runsFolderOf = (request: RunRequest, workspace: string | null): string => {
  if (request.logsFolder !== null) return resolve(request.logsFolder);
  return workspace === null ? join(dirname(resolve(request.dataFolder)), 'runs') : join(workspace, 'runs');
};

/** Makes the folder of a run, with what it was asked for. @throws FAILED where it cannot be made */
export const beginRun = async (
  given: RunRequest,
  nowMs: number,
): Promise<{ readonly folder: string; readonly begun: BegunRun }> => {
  const request: RunRequest = { ...given, dataFolder: resolve(given.dataFolder) };
  const workspace = await workspaceIn(request.dataFolder);
  const runs = runsFolderOf(request, workspace);
  const id = idAt(nowMs);
  const folder = join(runs, id);
  const models = request.modelsFolder === null ? runs : resolve(request.modelsFolder);
  const begun: BegunRun = {
    format: 1,
    id,
    createdAt: new Date(nowMs).toISOString(),
    request,
    workspace,
    checkpointsFolder: join(models, id, 'checkpoints'),
  };
  try {
    await makeFolderDurably(folder);
    await writeTextDurably(join(folder, REQUEST_FILE), [`${JSON.stringify(begun, null, 2)}\n`]);
  } catch (error) {
    throw writeFailure(error, folder);
  }
  return { folder, begun };
};

/** What the run in a folder was asked for. @throws UNUSABLE where there is none */
export const readBegun = async (folder: string): Promise<BegunRun> => {
  const file = join(folder, REQUEST_FILE);
  try {
    return BegunRun.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw unusable(`${folder} is no run.`);
    if (systemCode(error) !== null) throw error;
    throw unusable(`${file} cannot be read: it is damaged, or of another version of this program.`);
  }
};
