import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { AlignSettings } from '../../contract/faces.ts';
import { removeLeftovers } from '../../node/files/leftovers.ts';
import { failed } from '../failure.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import type { PhotoIndex } from '../photos/photo-index.ts';
import { boundingBoxLines } from './bounding-boxes.ts';
import type { Layout } from './layout.ts';
import { parseRecord, recordsOf } from './ledger.ts';
import { writeManifest } from './manifest.ts';
import type { RunPlan } from './plan.ts';
import { settingsNumber } from './settings.ts';

export type FinishedWork = {
  readonly settings: AlignSettings;
  readonly input: string;
  /** The output folder as it was typed. */
  readonly outputAsGiven: string;
};

/**
 * Fills the index with what is recorded of every photo of a plan, whoever did it. Only under the lock.
 * @throws a failure that names the photo when one has no record
 */
export const takeRecords = async (layout: Layout, { entries }: RunPlan, index: PhotoIndex): Promise<void> => {
  const places = new Map(
    entries.flatMap(({ file, settled }, place) => (settled === null ? [[file, place] as const] : [])),
  );
  const recorded = new Set<string>();
  for await (const record of recordsOf(layout)) {
    const place = places.get(record.file);
    if (place === undefined) continue;
    index.set(place, record);
    recorded.add(record.file);
  }
  const lost = [...places.keys()].find((file) => !recorded.has(file));
  if (lost !== undefined) {
    throw failed(
      `The record of ${lost} is damaged: run the same again; everything else that was done is kept.`,
    );
  }
};

const textOf = (index: PhotoIndex, place: number): string => {
  const text = index.text(place);
  if (text === null) throw new Error(`The photo at ${String(place)} has no record.`);
  return text;
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

/**
 * Writes the final files from an index that holds all records, each file whole, and removes what the runs needed. What it writes depends
 * on photos, settings and paths alone. Only under the lock.
 */
export const writeFinalFiles = async (
  layout: Layout,
  plan: RunPlan,
  index: PhotoIndex,
  work: FinishedWork,
): Promise<void> => {
  const folders = new Set(
    plan.entries.flatMap(({ work: planned }) => (planned === null ? [] : [dirname(planned.stem)])),
  );
  for (const folder of folders) await removeLeftovers(layout.absolute(folder));
  const boundingBoxes = layout.boundingBoxes(settingsNumber(work.settings));
  const boxLines = function* (): Generator<string> {
    for (const [place, { work: planned }] of plan.entries.entries()) {
      if (planned !== null)
        yield boundingBoxLines(work.outputAsGiven, parseRecord(textOf(index, place)), planned.stem);
    }
  };
  const ledgerLines = function* (): Generator<string> {
    for (const place of plan.entries.keys()) yield `${textOf(index, place)}\n`;
  };
  await writeTextDurably(boundingBoxes, joined(boxLines()), layout.state);
  await writeTextDurably(layout.ledger, joined(ledgerLines()), layout.state);
  const { images, aligned, noFace, failed, skipped } = index.counts();
  const totals = { images, aligned, noFace, failed, skipped, ...index.sums() };
  await writeManifest(layout, work, basename(boundingBoxes), totals);
  await rm(layout.state, { recursive: true, force: true });
};
