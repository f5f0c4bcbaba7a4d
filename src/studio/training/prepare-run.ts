import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent, RunRecord } from '../../contract/runs.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import { isFailure, unusable } from '../failure.ts';
import { streamWork } from '../stream-work.ts';
import { createRun } from './create-run.ts';
import { prepareData, type DataParts } from './prepare-data.ts';
import { checkSnapshot, PENDING_FOLDER, readRecord, RUN_FILE, writeRecord } from './run-folder.ts';
import { readBegun } from './run-request.ts';

/** Whether a run's data was ever read: before, a run is what somebody asked for. */
export const hasRecord = (folder: string): Promise<boolean> =>
  access(join(folder, RUN_FILE)).then(
    () => true,
    () => false,
  );

/** Makes a run ready to go on: what the trainer left unnamed is of no use. @throws UNUSABLE for a run that cannot go on */
const takeUp = async (folder: string): Promise<RunRecord> => {
  const record = await readRecord(folder);
  if (record.state === 'finished')
    throw unusable(
      `The run in ${folder} is finished: start a new one with its weights by --pretrained-model.`,
    );
  await checkSnapshot(folder, record);
  const pending = join(record.checkpointsFolder, PENDING_FOLDER);
  await rm(pending, { recursive: true, force: true });
  await makeFolderDurably(pending);
  const running: RunRecord = { ...record, state: 'running', note: null };
  await writeRecord(folder, running);
  return running;
};

/**
 * Brings a run to where its next step can be taken, telling of what takes long. Gives its record; null where the signal was aborted first.
 * @throws UNUSABLE for data that cannot be trained on, and for a run that cannot go on
 */
export const prepareRun = async function* (
  folder: string,
  parts: DataParts,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, RunRecord | null, undefined> {
  if (await hasRecord(folder)) return takeUp(folder);
  const begun = await readBegun(folder);
  const work = streamWork(
    parts.now,
    async (hooks) => createRun({ folder, begun }, await prepareData(begun, parts, hooks)),
    signal,
  );
  try {
    for await (const event of work) {
      if (event.kind === 'progress')
        yield { kind: 'preparing', done: event.progress.done, total: event.progress.total ?? 0 };
      else {
        const { record, passedOver } = event.report;
        if (passedOver > 0)
          yield {
            kind: 'notice',
            message: `${String(passedOver)} files are no usable images and take no part.`,
          };
        return record;
      }
    }
  } catch (error) {
    if (!signal.aborted) {
      // Nothing can be resumed of a run whose data cannot be trained on.
      if (isFailure(error)) await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
  return null;
};
