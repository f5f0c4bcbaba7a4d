import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunRecord, type KeptCheckpoint } from '../../contract/runs.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { syncFolder } from '../../node/files/folders.ts';
import { systemCode, unusable } from '../failure.ts';

export const RUN_FILE = 'run.json';
export const IMAGES_FILE = 'images.jsonl';
export const METRICS_FILE = 'metrics.jsonl';
/** Where a trainer writes checkpoints, inside the folder of the checkpoints. */
export const PENDING_FOLDER = '.pending';

export const writeRecord = (folder: string, record: RunRecord): Promise<void> =>
  writeTextDurably(join(folder, RUN_FILE), [`${JSON.stringify(record, null, 2)}\n`]);

/** The record of a run. @throws UNUSABLE where the folder holds none */
export const readRecord = async (folder: string): Promise<RunRecord> => {
  const file = join(folder, RUN_FILE);
  try {
    return RunRecord.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR')
      throw unusable(`${folder} is no run: it has no ${RUN_FILE}.`);
    if (systemCode(error) !== null) throw error;
    throw unusable(`${file} cannot be read: it is damaged, or of another version of this program.`);
  }
};

/** Whether the snapshot is the one that the run began with. @throws UNUSABLE where it was changed */
export const checkSnapshot = async (folder: string, record: RunRecord): Promise<void> => {
  const text = await readFile(join(folder, IMAGES_FILE));
  if (createHash('sha256').update(text).digest('hex') !== record.data.snapshotSha256)
    throw unusable(`${join(folder, IMAGES_FILE)} was changed since the run began: start a new run.`);
};

/** Names a checkpoint that the trainer has written, and removes those that are neither the newest few nor the best. */
export const keepCheckpoint = async (
  record: RunRecord,
  pending: Omit<KeptCheckpoint, 'score'>,
  score: number | null,
): Promise<RunRecord> => {
  const file = join(record.checkpointsFolder, `step-${String(pending.step).padStart(8, '0')}.safetensors`);
  await rename(pending.file, file);
  await syncFolder(record.checkpointsFolder);
  const kept: KeptCheckpoint = { ...pending, file, score };
  const all = [...record.checkpoints.filter((other) => other.file !== file), kept];
  const isBetter = score !== null && score >= (record.best?.score ?? -Infinity);
  const best = isBetter ? kept : record.best;
  const newest = all.slice(-record.keepCheckpoints);
  const checkpoints = all.filter((each) => newest.includes(each) || each.file === best?.file);
  return { ...record, checkpoints, best };
};

/** Removes checkpoints that a record no longer names; called once the record is durable. */
export const removeOthers = async (record: RunRecord): Promise<void> => {
  const named = new Set(record.checkpoints.map(({ file }) => file));
  for (const name of await readdir(record.checkpointsFolder)) {
    const file = join(record.checkpointsFolder, name);
    if (/^step-\d+\.safetensors$/.test(name) && !named.has(file)) await rm(file, { force: true });
  }
};
