import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { RunRecord } from '../../contract/runs.ts';
import type { TrainingPlan } from '../../contract/training.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import { PROJECT_FOLDER } from '../../node/processes/entry.ts';
import { writeFailure } from '../failure.ts';
import { IMAGES_FILE, PENDING_FOLDER, writeRecord } from './run-folder.ts';
import type { BegunRun } from './run-request.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';

const Package = z.object({ version: z.string() });

const studioVersion = async (): Promise<string> =>
  Package.parse(JSON.parse(await readFile(join(PROJECT_FOLDER, 'package.json'), 'utf8'))).version;

const withClasses = (plan: TrainingPlan, classes: number): TrainingPlan => {
  const { settings } = plan;
  return settings.loss.kind === 'softmax'
    ? { ...plan, settings: { ...settings, loss: { ...settings.loss, classes } } }
    : plan;
};

export type CreatedRun = {
  readonly record: RunRecord;
  /** Files of the data that are no usable images. */
  readonly passedOver: number;
};

const dataOf = (folder: string, workspace: string | null, snapshot: Snapshot): RunRecord['data'] => ({
  folder,
  workspace,
  identities: snapshot.identities,
  trainImages: snapshot.images.filter(({ part }) => part === 'train').length,
  validationImages: snapshot.images.filter(({ part }) => part === 'validation').length,
  droppedIdentities: snapshot.dropped,
  snapshotSha256: snapshot.sha256,
});

/**
 * Fills the folder of a run that was begun: what it trains on and with, never to be changed.
 * @param data folder of class folders
 * @throws UNUSABLE for data that cannot be trained on
 */
export const createRun = async (
  { folder, begun }: { readonly folder: string; readonly begun: BegunRun },
  data: string,
): Promise<CreatedRun> => {
  const { request, id, createdAt, workspace, checkpointsFolder } = begun;
  const snapshot = await takeSnapshot({ ...request, dataFolder: data, seed: request.plan.settings.seed });
  const record: RunRecord = {
    format: 1,
    id,
    name: request.name,
    createdAt,
    state: 'running',
    note: null,
    plan: withClasses(request.plan, snapshot.identities),
    engine: request.engine,
    versions: { studio: await studioVersion(), node: process.version },
    device: null,
    data: dataOf(data, workspace, snapshot),
    pretrained: request.pretrained,
    checkpointsFolder,
    keepCheckpoints: request.keepCheckpoints,
    checkpoints: [],
    best: null,
    step: 0,
    epoch: 0,
  };
  try {
    await makeFolderDurably(join(checkpointsFolder, PENDING_FOLDER));
    await writeTextDurably(join(folder, IMAGES_FILE), [snapshot.text]);
    await writeRecord(folder, record);
  } catch (error) {
    throw writeFailure(error, folder);
  }
  return { record, passedOver: snapshot.unusable };
};
