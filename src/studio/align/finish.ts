import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { AlignSettings } from '../../contract/faces.ts';
import { removeLeftovers } from '../../node/files/atomic.ts';
import { failed } from '../failure.ts';
import { writeAtomically } from '../files/atomic.ts';
import { boundingBoxLines } from './bounding-boxes.ts';
import type { Layout } from './layout.ts';
import { parseRecord, type RecordTexts } from './ledger.ts';
import { writeManifest, type Totals } from './manifest.ts';
import type { Entry, RunPlan } from './plan.ts';
import type { LedgerRecord } from './record.ts';
import { settingsNumber } from './settings.ts';

export type FinishedWork = {
  readonly settings: AlignSettings;
  readonly input: string;
  /** The output folder as it was typed. */
  readonly outputAsGiven: string;
};

const recordOf = (entry: Entry, records: RecordTexts): LedgerRecord => {
  if (entry.settled !== null) return entry.settled;
  const text = records.get(entry.file);
  if (text === undefined) {
    throw failed(
      `The record of ${entry.file} is damaged: run the same again; everything else that was done is kept.`,
    );
  }
  return parseRecord(text);
};

const LINES_PER_WRITE = 1000;

function* joined(lines: Iterable<string>): Generator<string> {
  let batch: string[] = [];
  for (const line of lines) {
    batch.push(line);
    if (batch.length < LINES_PER_WRITE) continue;
    yield batch.join('');
    batch = [];
  }
  yield batch.join('');
}

const sumUp = (plan: RunPlan, records: RecordTexts): Totals => {
  const totals = { images: 0, aligned: 0, noFace: 0, failed: 0, skipped: 0, faces: 0, crops: 0 };
  for (const entry of plan.entries) {
    const record = recordOf(entry, records);
    totals.images += 1;
    totals[record.status] += 1;
    totals.faces += record.faces.length;
    totals.crops += record.crops.length;
  }
  return totals;
};

/**
 * Writes the final files from the records of all runs, each whole, and removes what the runs needed. What it writes depends on photos,
 * settings and paths alone. Only under the lock.
 */
export const writeFinalFiles = async (
  layout: Layout,
  plan: RunPlan,
  records: RecordTexts,
  work: FinishedWork,
): Promise<void> => {
  const totals = sumUp(plan, records);
  const folders = new Set(
    plan.entries.flatMap(({ work: planned }) => (planned === null ? [] : [dirname(planned.stem)])),
  );
  for (const folder of folders) await removeLeftovers(layout.absolute(folder));
  const boundingBoxes = layout.boundingBoxes(settingsNumber(work.settings));
  const boxLines = function* (): Generator<string> {
    for (const entry of plan.entries) {
      if (entry.work !== null)
        yield boundingBoxLines(work.outputAsGiven, recordOf(entry, records), entry.work.stem);
    }
  };
  const ledgerLines = function* (): Generator<string> {
    for (const entry of plan.entries) yield `${JSON.stringify(recordOf(entry, records))}\n`;
  };
  await writeAtomically(boundingBoxes, joined(boxLines()), layout.state);
  await writeAtomically(layout.ledger, joined(ledgerLines()), layout.state);
  await writeManifest(layout, work, basename(boundingBoxes), totals);
  await rm(layout.state, { recursive: true, force: true });
};
