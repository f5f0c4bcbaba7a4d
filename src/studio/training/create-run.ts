import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { RunRecord, RunRequest } from '../../contract/runs.ts';
import type { TrainingPlan } from '../../contract/training.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import { PROJECT_FOLDER } from '../../node/processes/entry.ts';
import { writeFailure } from '../failure.ts';
import { IMAGES_FILE, PENDING_FOLDER, writeRecord } from './run-folder.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';

/** The moment and something random, so that runs sort by age and never meet. */
const idAt = (milliseconds: number): string => {
  const moment = new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${moment}-${randomBytes(2).toString('hex')}`;
};

const Package = z.object({ version: z.string() });

const studioVersion = async (): Promise<string> =>
  Package.parse(JSON.parse(await readFile(join(PROJECT_FOLDER, 'package.json'), 'utf8'))).version;

const withClasses = (plan: TrainingPlan, classes: number): TrainingPlan => {
  const { settings } = plan;
  return settings.loss.kind === 'softmax'
    ? { ...plan, settings: { ...settings, loss: { ...settings.loss, classes } } }
    : plan;
};

const dataOf = (folder: string, snapshot: Snapshot): RunRecord['data'] => ({
  folder: resolve(folder),
  identities: snapshot.identities,
  trainImages: snapshot.images.filter(({ part }) => part === 'train').length,
  validationImages: snapshot.images.filter(({ part }) => part === 'validation').length,
  droppedIdentities: snapshot.dropped,
  snapshotSha256: snapshot.sha256,
});

export type CreatedRun = {
  readonly folder: string;
  readonly record: RunRecord;
  /** Files of the data that are no usable images. */
  readonly passedOver: number;
};

/** Makes the folder of a run: what it trains on and with, never to be changed. @throws UNUSABLE for data that cannot be trained on */
export const createRun = async (request: RunRequest, nowMs: number): Promise<CreatedRun> => {
  const snapshot = await takeSnapshot({ ...request, seed: request.plan.settings.seed });
  const id = idAt(nowMs);
  const folder = join(resolve(request.logsFolder), id);
  const record: RunRecord = {
    format: 1,
    id,
    createdAt: new Date(nowMs).toISOString(),
    state: 'running',
    note: null,
    plan: withClasses(request.plan, snapshot.identities),
    engine: request.engine,
    versions: { studio: await studioVersion(), node: process.version },
    device: null,
    data: dataOf(request.dataFolder, snapshot),
    pretrained: request.pretrained,
    checkpointsFolder: join(resolve(request.modelsFolder), id, 'checkpoints'),
    keepCheckpoints: request.keepCheckpoints,
    checkpoints: [],
    best: null,
    step: 0,
    epoch: 0,
  };
  try {
    await makeFolderDurably(folder);
    await makeFolderDurably(join(record.checkpointsFolder, PENDING_FOLDER));
    await writeTextDurably(join(folder, IMAGES_FILE), [snapshot.text]);
    await writeRecord(folder, record);
  } catch (error) {
    throw writeFailure(error, folder);
  }
  return { record, folder, passedOver: snapshot.unusable };
};
